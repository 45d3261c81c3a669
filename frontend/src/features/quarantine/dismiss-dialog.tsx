import { Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { dismissRows } from "@/api/quarantine";
import { t } from "@/lib/texts";
import { ErrorState } from "@/ui/error-state";

interface Props {
  file: string;
  rows: readonly number[];
  onClose: () => void;
  onDone: () => Promise<void>;
}

/** Sets rows aside for good, with a word why. */
export function DismissDialog({ file, rows, onClose, onDone }: Props) {
  const [note, setNote] = useState("");
  const dismiss = useMutation({ mutationFn: () => dismissRows(file, rows, note), onSuccess: onDone });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (note.trim() !== "") dismiss.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.quarantine.dismissTitle(rows.length)}
      closeButtonProps={{ "aria-label": t.common.close }}
    >
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">{t.quarantine.dismissText}</Text>
          <Textarea
            label={t.quarantine.note}
            description={t.quarantine.noteHint}
            value={note}
            autosize
            minRows={2}
            data-autofocus
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          {dismiss.isError && <ErrorState error={dismiss.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t.common.cancel}
            </Button>
            <Button type="submit" color="clay" disabled={note.trim() === ""} loading={dismiss.isPending}>
              {t.quarantine.dismiss}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

import { Alert, Button, Group, Modal, MultiSelect, Stack, Switch, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { runPipeline } from "@/api/pipelines";
import { asCurl } from "@/lib/copy-as";
import { t } from "@/lib/texts";
import { CopyAs } from "@/ui/copy-as";
import { ErrorState } from "@/ui/error-state";

interface Props {
  pipeline: string;
  streams: readonly string[];
  unsaved: boolean;
  opened: boolean;
  onClose: () => void;
  onStarted: (run: string) => void;
}

/** Which streams to run, and whether to read everything again. */
export function RunDialog({ pipeline, streams, unsaved, opened, onClose, onStarted }: Props) {
  const [chosen, setChosen] = useState<string[]>([]);
  const [full, setFull] = useState(false);
  const [typed, setTyped] = useState("");
  const request = { ...(chosen.length > 0 ? { streams: chosen } : {}), ...(full ? { full_refresh: true } : {}) };
  // Two clicks at once come before the button is drawn as busy.
  const asked = useRef(false);
  const run = useMutation({
    mutationFn: () => runPipeline(pipeline, request),
    onSuccess: (begun) => onStarted(begun.id),
    onSettled: () => {
      asked.current = false;
    },
  });
  const ready = !full || typed === pipeline;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ready || asked.current) return;
    asked.current = true;
    run.mutate();
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t.pipelines.runDialog.title(pipeline)}
      closeButtonProps={{ "aria-label": t.common.close }}
    >
      <form onSubmit={submit}>
        <Stack>
          {unsaved && <Alert color="yellow">{t.pipelines.runDialog.unsaved}</Alert>}
          <MultiSelect
            label={t.pipelines.runDialog.streams}
            description={t.pipelines.runDialog.streamsHint}
            data={streams.filter((name) => !/[*?[]/.test(name))}
            value={chosen}
            searchable
            clearable
            onChange={setChosen}
          />
          <Switch
            label={t.pipelines.runDialog.fullRefresh}
            description={t.pipelines.runDialog.fullRefreshHint}
            checked={full}
            onChange={(event) => setFull(event.currentTarget.checked)}
          />
          {full && (
            <TextInput
              label={t.pipelines.runDialog.confirm(pipeline)}
              value={typed}
              autoComplete="off"
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
          )}
          {run.isError && <ErrorState error={run.error} />}
          <Group justify="space-between">
            <CopyAs
              compact
              curl={() => asCurl("POST", `/api/pipelines/${encodeURIComponent(pipeline)}/run`, request)}
            />
            <Group gap="sm">
              <Button variant="default" onClick={onClose}>
                {t.common.cancel}
              </Button>
              <Button type="submit" disabled={!ready} loading={run.isPending}>
                {t.pipelines.runDialog.start}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

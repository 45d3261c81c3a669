import { Alert, Button, Group, JsonInput, Modal, Stack } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { resyncStream, setState, stateQuery, type StreamState } from "@/api/pipeline-tools";
import type { Cell } from "@/api/types";
import { t } from "@/lib/texts";
import { ConfirmByTyping } from "@/ui/confirm-by-typing";
import { toastDone } from "@/ui/toast";

interface Props {
  pipeline: string;
  state: StreamState;
  onClose: () => void;
}

/** Changes a checkpoint in two steps: the value, then the stream's name. */
export function EditState({ pipeline, state, onClose }: Props) {
  const [typed, setTyped] = useState(() => JSON.stringify(state.checkpoint, null, 2));
  const [confirming, setConfirming] = useState(false);
  const client = useQueryClient();
  const parsed = readJson(typed);
  const save = useMutation({
    mutationFn: (checkpoint: StreamState["checkpoint"]) => setState(pipeline, state.stream, checkpoint),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: stateQuery(pipeline).queryKey });
      toastDone(t.common.saved);
      onClose();
    },
  });
  if (confirming && parsed !== undefined) {
    return (
      <ConfirmByTyping
        opened
        title={t.pipelines.state.editTitle(state.stream)}
        word={state.stream}
        action={t.pipelines.state.save}
        busy={save.isPending}
        error={save.error}
        onConfirm={() => save.mutate(parsed)}
        onClose={onClose}
      >
        {t.pipelines.state.editText}
      </ConfirmByTyping>
    );
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.pipelines.state.editTitle(state.stream)}
      closeButtonProps={{ "aria-label": t.common.close }}
    >
      <Stack>
        <Alert color="clay" variant="light">
          {t.pipelines.state.editText}
        </Alert>
        <JsonInput
          label={t.pipelines.state.value}
          value={typed}
          onChange={setTyped}
          autosize
          minRows={6}
          error={parsed === undefined ? t.pipelines.state.badJson : undefined}
          data-autofocus
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button disabled={parsed === undefined} onClick={() => setConfirming(true)}>
            {t.pipelines.state.save}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function readJson(text: string): StreamState["checkpoint"] | undefined {
  try {
    const value = JSON.parse(text) as Cell;
    return value === null || (typeof value === "object" && !Array.isArray(value)) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Reads a stream anew from its beginning, in a run of its own. */
export function Resync({ pipeline, state, onClose, onStarted }: Props & { onStarted: (run: string) => void }) {
  const resync = useMutation({
    mutationFn: () => resyncStream(pipeline, state.stream),
    onSuccess: (run) => onStarted(run.id),
  });
  return (
    <ConfirmByTyping
      opened
      title={t.pipelines.state.resyncTitle(state.stream)}
      word={state.stream}
      action={t.pipelines.state.resync}
      busy={resync.isPending}
      error={resync.error}
      onConfirm={() => resync.mutate()}
      onClose={onClose}
    >
      {t.pipelines.state.resyncText}
    </ConfirmByTyping>
  );
}

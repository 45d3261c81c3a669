import { Button, CloseButton, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowsDiff, IconPlayerStop, IconRefresh } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { cancelRuns, isLive, retryRuns, runKeys } from "@/api/runs";
import type { BulkOutcome, RunSummary } from "@/api/types";
import { CancelDialog } from "@/ui/cancel-dialog";
import { t } from "@/lib/texts";
import { toastDone, toastFailed } from "@/ui/toast";
import classes from "./runs.module.css";

/** What can be done with the runs that are selected; it stays in sight while the list scrolls. */
export function BulkBar({ runs, onDone }: { runs: readonly RunSummary[]; onDone: () => void }) {
  const navigate = useNavigate();
  const [asking, ask] = useDisclosure();
  const live = runs.filter(isLive);
  const ended = runs.filter((run) => !isLive(run));
  const cancel = useBulk(() => cancelRuns(live.map((run) => run.id)), t.runs.cancelled, onDone);
  const retry = useBulk(() => retryRuns(ended.map((run) => run.id)), t.runs.retried, onDone);
  const [a, b] = runs;
  if (a === undefined) return null;
  return (
    <div className={classes.bulk} role="toolbar" aria-label={t.common.selected(runs.length)}>
      <Text size="sm" fw={600}>
        {t.common.selected(runs.length)}
      </Text>
      <Button
        size="xs"
        variant="default"
        disabled={live.length === 0}
        loading={cancel.isPending}
        leftSection={<IconPlayerStop size={14} aria-hidden />}
        onClick={ask.open}
      >
        {t.runs.cancelSome(live.length)}
      </Button>
      <Button
        size="xs"
        variant="default"
        disabled={ended.length === 0}
        loading={retry.isPending}
        leftSection={<IconRefresh size={14} aria-hidden />}
        onClick={() => retry.mutate()}
      >
        {t.runs.retrySome(ended.length)}
      </Button>
      <Button
        size="xs"
        variant="default"
        disabled={runs.length !== 2}
        title={t.runs.compareHint}
        leftSection={<IconArrowsDiff size={14} aria-hidden />}
        onClick={() =>
          b !== undefined && void navigate({ to: "/runs/compare" as string, search: { a: b.id, b: a.id } as never })
        }
      >
        {t.runs.compareTwo}
      </Button>
      <CloseButton size="sm" aria-label={t.runs.deselect} onClick={onDone} />
      <CancelDialog
        opened={asking}
        count={live.length}
        onClose={ask.close}
        onConfirm={() => {
          ask.close();
          cancel.mutate();
        }}
      />
    </div>
  );
}

/** Does it to all, and says of how many it was true, and why not of the others. */
function useBulk(act: () => Promise<BulkOutcome>, words: (count: number) => string, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: async ({ items }) => {
      const refused = items.filter((item) => item.error !== null);
      if (refused.length < items.length) toastDone(words(items.length - refused.length));
      const [first] = refused;
      if (first?.error) toastFailed(first.error, t.runs.refused(refused.length));
      onDone();
      await client.invalidateQueries({ queryKey: runKeys.lists });
    },
    onError: (error) => toastFailed(error),
  });
}

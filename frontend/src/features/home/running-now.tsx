import { Button, Progress } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery } from "@tanstack/react-query";
import { cancelRun, progressQuery } from "@/api/runs";
import type { Progress as Counts, RunSummary } from "@/api/types";
import { t } from "@/lib/texts";
import { CancelDialog } from "@/ui/cancel-dialog";
import { Duration } from "@/ui/moments";
import { Panel } from "@/ui/panel";
import { StatusBadge } from "@/ui/status-badge";
import { toastDone, toastFailed } from "@/ui/toast";
import { ToLink } from "@/ui/to-link";
import classes from "./home.module.css";

export function RunningNow({ runs }: { runs: readonly RunSummary[] }) {
  return (
    <Panel title={t.home.running} aside={runs.length > 0 ? t.common.runs(runs.length) : undefined}>
      {runs.length === 0 ? (
        <p className={classes.quiet}>{t.home.runningNone}</p>
      ) : (
        <ul className={classes.list}>
          {runs.map((run) => (
            <Running key={run.id} run={run} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Running({ run }: { run: RunSummary }) {
  // The event stream keeps this cache; the first value comes from the server once.
  const progress = useQuery({ ...progressQuery(run.id), enabled: run.status !== "queued" });
  const cancel = useMutation({
    mutationFn: () => cancelRun(run.id),
    onSuccess: () => toastDone(t.home.cancelled(run.pipeline.name)),
    onError: (error) => toastFailed(error),
  });
  const [asking, ask] = useDisclosure();
  const { read, share } = totals(progress.data ?? {}, run.rows?.read ?? 0);
  return (
    <li className={classes.run}>
      <div className={classes.runHead}>
        <ToLink to={`/runs/${run.id}`} className={classes.name}>
          {run.pipeline.name}
        </ToLink>
        <StatusBadge status={run.status} />
        <span className={classes.spring} />
        <Button
          size="compact-xs"
          variant="default"
          onClick={ask.open}
          disabled={run.status === "cancelling" || cancel.isPending}
          aria-label={`${t.home.cancelRun} ${run.pipeline.name}`}
        >
          {t.home.cancelRun}
        </Button>
      </div>
      <CancelDialog
        opened={asking}
        count={1}
        onClose={ask.close}
        onConfirm={() => {
          ask.close();
          cancel.mutate();
        }}
      />
      <Progress
        value={share === null ? 100 : Math.max(2, share * 100)}
        animated={share === null && run.status === "running"}
        striped={share === null}
        size="sm"
        my={6}
        aria-label={t.home.progress(run.pipeline.name)}
      />
      <div className={classes.facts}>
        <span>{t.home.readRows(read)}</span>
        <Duration since={run.started_at ?? run.created_at} />
      </div>
    </li>
  );
}

/** Rows read so far, and the share of those expected when every stream has an estimate. */
export function totals(progress: Counts, atLeast: number): { read: number; share: number | null } {
  const streams = Object.values(progress);
  const read = Math.max(
    atLeast,
    streams.reduce((sum, one) => sum + one.read, 0),
  );
  if (streams.length === 0 || streams.some((one) => !one.row_estimate)) return { read, share: null };
  const expected = streams.reduce((sum, one) => sum + (one.row_estimate ?? 0), 0);
  return { read, share: Math.min(1, read / expected) };
}

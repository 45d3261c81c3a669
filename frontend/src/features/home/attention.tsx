import { Button, Code } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { overviewKeys } from "@/api/overview";
import { retryRun } from "@/api/runs";
import type { RunSummary } from "@/api/types";
import { t } from "@/lib/texts";
import { RelativeTime } from "@/ui/moments";
import { Panel } from "@/ui/panel";
import { toastDone, toastFailed } from "@/ui/toast";
import { ToLink } from "@/ui/to-link";
import classes from "./home.module.css";

/** What failed, why, and what to do about it. */
export function Attention({ runs }: { runs: readonly RunSummary[] }) {
  return (
    <Panel title={t.home.attention} aside={runs.length > 0 ? t.common.runs(runs.length) : undefined}>
      {runs.length === 0 ? (
        <p className={classes.quiet}>
          <IconCircleCheck size={18} aria-hidden className={classes.fine} /> {t.home.attentionNone}
        </p>
      ) : (
        <ul className={classes.list}>
          {runs.map((run) => (
            <Failed key={run.id} run={run} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Failed({ run }: { run: RunSummary }) {
  const client = useQueryClient();
  const retry = useMutation({
    mutationFn: () => retryRun(run.id),
    onSuccess: () => {
      toastDone(t.home.retried(run.pipeline.name));
      void client.invalidateQueries({ queryKey: overviewKeys.all });
    },
    onError: (error) => toastFailed(error),
  });
  return (
    <li className={classes.run} data-failed>
      <div className={classes.runHead}>
        <ToLink to={`/runs/${run.id}`} className={classes.name}>
          {run.pipeline.name}
        </ToLink>
        <span className={classes.when}>
          <RelativeTime at={run.finished_at ?? run.created_at} />
        </span>
        <span className={classes.spring} />
        <Button component={Link} to={`/runs/${run.id}` as string} size="compact-xs" variant="default">
          {t.home.why}
        </Button>
        <Button
          size="compact-xs"
          variant="default"
          loading={retry.isPending}
          onClick={() => retry.mutate()}
          aria-label={`${t.home.retry} ${run.pipeline.name}`}
        >
          {t.home.retry}
        </Button>
      </div>
      {run.error && (
        <>
          <p className={classes.cause}>{run.error.message}</p>
          {run.error.hint && <p className={classes.todo}>{run.error.hint}</p>}
          <Code>{run.error.code}</Code>
        </>
      )}
    </li>
  );
}

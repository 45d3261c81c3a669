import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { firstError } from "@/api/runs";
import type { RunDetail } from "@/api/types";
import { t } from "@/lib/texts";
import { ErrorState } from "@/ui/error-state";
import { TablePreview } from "@/ui/table-preview";
import { toastFailed } from "@/ui/toast";
import { pathTo } from "@/ui/to-link";
import { tableOf } from "./checks";
import { failedLoad, firstBadRow } from "./report";

interface Props {
  run: RunDetail;
  /** Shows a line of the log; without one, its end. */
  onLog: (line: number | undefined) => void;
}

/** Why a run failed: cause, place, the first bad row, and the next thing to do. */
export function Failure({ run, onLog }: Props) {
  const look = useMutation({
    mutationFn: () => firstError(run.id),
    onSuccess: ({ id }) => onLog(id ?? undefined),
    onError: (error) => toastFailed(error),
  });
  const load = failedLoad(run);
  const error = load?.error ?? run.error;
  if (error === null || error === undefined || run.status !== "failed") return null;
  const bad = firstBadRow(run);
  const sample = bad === null ? null : tableOf([bad.sample]);
  return (
    <ErrorState
      error={error}
      title={load === undefined ? t.runs.error.title : `${t.runs.error.title}: ${load.stream} → ${load.destination}`}
      action={
        <Stack gap="sm">
          {bad !== null && sample !== null && (
            <div>
              <Text size="sm" fw={600}>
                {t.runs.error.firstBadRow}: {bad.stream}, {bad.check.step_name ?? ""}{" "}
                {bad.check.message ?? bad.check.name}
              </Text>
              <TablePreview table={sample} label={t.runs.error.firstBadRow} />
            </div>
          )}
          <Group gap="sm">
            <Button size="xs" variant="default" loading={look.isPending} onClick={() => look.mutate()}>
              {t.runs.error.openLog}
            </Button>
            <Button size="xs" variant="default" component={Link} to={pathTo("/pipelines", run.pipeline.name)}>
              {t.runs.error.editPipeline}
            </Button>
          </Group>
        </Stack>
      }
    />
  );
}

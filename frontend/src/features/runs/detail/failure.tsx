import { Button, Code, Group, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { firstError } from "@/api/runs";
import type { RunDetail } from "@/api/types";
import { t } from "@/lib/texts";
import { ErrorState } from "@/ui/error-state";
import { TablePreview } from "@/ui/table-preview";
import { pathTo } from "@/ui/to-link";
import { toastFailed } from "@/ui/toast";
import { tableOf } from "./checks";
import { type BadRow, failedLoad, firstBadRow } from "./report";

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
  return (
    <ErrorState
      error={error}
      title={load === undefined ? t.runs.error.title : `${t.runs.error.title}: ${load.stream} → ${load.destination}`}
      action={
        <Stack gap="sm">
          {bad !== null && <FirstBad bad={bad} />}
          <Group gap="sm">
            {bad?.check.step !== undefined && (
              <Button
                size="xs"
                component={Link}
                to={pathTo("/pipelines", run.pipeline.name)}
                search={{ step: `processor:${bad.check.step - 1}`, stream: bad.stream } as never}
              >
                {t.runs.error.previewStep}
              </Button>
            )}
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

/** What broke a rule first: a whole row where the report has it, else the values of the column. */
function FirstBad({ bad }: { bad: BadRow }) {
  const { check, stream, sample } = bad;
  const row = typeof sample === "object" || String(sample).startsWith("{") ? tableOf([sample]) : null;
  return (
    <div>
      <Text size="sm">
        <strong>{row === null ? t.runs.error.firstBadValue : t.runs.error.firstBadRow}:</strong> {stream}
        {check.column ? `.${check.column}` : ""}
        {row === null && (
          <>
            {" "}
            {(check.samples ?? []).slice(0, 3).map((one) => (
              <Code key={String(one)} mr={6}>
                {String(one)}
              </Code>
            ))}
          </>
        )}
      </Text>
      <Text size="xs" c="dimmed">
        {[check.step_name, check.message ?? check.name].filter(Boolean).join(": ")}
        {check.rows !== undefined && `, ${t.common.rows(check.rows)}`}
      </Text>
      {row !== null && <TablePreview table={row} label={t.runs.error.firstBadRow} />}
    </div>
  );
}

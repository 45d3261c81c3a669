import { Button, Group, Select, Stack, Text } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useMemo } from "react";
import type { PreviewedStream } from "@/api/pipeline-tools";
import type { TableData } from "@/api/types";
import { difference } from "@/lib/changed-cells";
import { type ProcessorStep, readProcessors, stepLabel, type PipelineDocument } from "@/lib/pipeline-document";
import { rejectedTable } from "@/lib/table";
import { t } from "@/lib/texts";
import { ErrorState } from "@/ui/error-state";
import { Loading } from "@/ui/loading";
import { Panel } from "@/ui/panel";
import { StatusBadge } from "@/ui/status-badge";
import { TablePreview } from "@/ui/table-preview";
import { reachedBy, stepsOn, streamFor } from "./preview-place";
import { ROWS, usePreview } from "./use-preview";

interface Props {
  /** The last document without problems. */
  document: PipelineDocument;
  stale: boolean;
  streams: readonly string[];
  stream: string | null;
  /** Number of the step, 0 for the read, null for the end. */
  after: number | null;
  onChange: (place: { stream?: string | null; after?: number | null }) => void;
}

const SHOWN = 50;

/** The first rows of a stream after a step, with the cells that the step changed and the rows that were rejected. */
export function PreviewPanel({ document, stale, streams, stream, after, onChange }: Props) {
  const steps = readProcessors(document);
  const chosen = streamFor(steps, streams, stream, after);
  const shown = reachedBy(steps, chosen ?? "", after);
  const query = usePreview(document, chosen, shown);
  const previous = usePreview(document, chosen, reachedBy(steps, chosen ?? "", shown - 1), shown > 0);
  return (
    <Panel title={`${t.pipelines.preview.title} ${placeName(steps, shown)}`}>
      <Stack gap="sm">
        <Group gap="sm" align="end">
          <Select
            label={t.pipelines.preview.stream}
            data={[...streams]}
            value={chosen}
            searchable={streams.length > 10}
            allowDeselect={false}
            onChange={(value) => onChange({ stream: value, after: null })}
          />
          <Select
            label={t.pipelines.preview.after}
            data={placesOf(stepsOn(steps, chosen ?? ""))}
            value={String(shown)}
            allowDeselect={false}
            onChange={(value) => onChange({ stream: chosen, after: Number(value ?? 0) })}
          />
          <Button
            variant="default"
            leftSection={<IconRefresh size={16} aria-hidden />}
            loading={query.isFetching}
            onClick={() => void query.refetch()}
          >
            {t.pipelines.preview.again}
          </Button>
        </Group>
        <Text size="xs" c="dimmed">
          {t.pipelines.preview.note} {stale && t.pipelines.preview.needsValid}
        </Text>
        {query.isError ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : query.isPending ? (
          <Loading lines={4} />
        ) : query.data === null ? (
          <Text size="sm">{t.pipelines.preview.noStreams}</Text>
        ) : (
          <Sample data={query.data} before={previous.data?.table} />
        )}
      </Stack>
    </Panel>
  );
}

function Sample({ data, before }: { data: PreviewedStream; before: TableData | undefined }) {
  const table = useMemo(() => ({ ...data.table, rows: data.table.rows.slice(0, SHOWN) }), [data.table]);
  const found = useMemo(() => difference(before, table), [before, table]);
  const rejected = rejectedTable({ ...data.rejected, rows: data.rejected.rows.slice(0, SHOWN) });
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Text size="sm">{t.pipelines.preview.rows(table.rows.length, found.cells.size)}</Text>
        {data.rejected.rows.length > 0 && (
          <StatusBadge
            status="failed"
            tone="warn"
            label={t.pipelines.preview.rejected(data.rejected.rows.length, data.rejected.rows.length >= ROWS)}
          />
        )}
        {found.added.length > 0 && (
          <Text size="sm">
            {t.pipelines.preview.newColumns}: {found.added.join(", ")}
          </Text>
        )}
        {found.gone.length > 0 && (
          <Text size="sm">
            {t.pipelines.preview.goneColumns}: {found.gone.join(", ")}
          </Text>
        )}
      </Group>
      <TablePreview table={table} label={`${t.pipelines.preview.title} ${data.after}`} changed={found.cells} />
      {data.rejected.rows.length > 0 && (
        <>
          <Text size="sm" fw={600}>
            {t.pipelines.preview.rejectedTitle}
          </Text>
          <TablePreview table={rejected.table} rejected={rejected.reasons} label={t.pipelines.preview.rejectedTitle} />
        </>
      )}
    </Stack>
  );
}

function placeName(steps: readonly ProcessorStep[], after: number): string {
  const step = steps.find((one) => one.number === after);
  return step === undefined ? t.pipelines.preview.read : `${step.number}. ${stepLabel(step)}`;
}

function placesOf(steps: readonly ProcessorStep[]) {
  const of = (step: ProcessorStep) => ({ value: String(step.number), label: placeName(steps, step.number) });
  return [{ value: "0", label: t.pipelines.preview.read }, ...steps.map(of)];
}

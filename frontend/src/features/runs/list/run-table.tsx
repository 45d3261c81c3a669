import { Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { IconArrowsDiff, IconPlayerStop, IconRefresh } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useMemo, useState } from "react";
import { cancelRuns, isLive, retryRuns, type RunFilter, runKeys, runsQuery } from "@/api/runs";
import type { RunSummary } from "@/api/types";
import { formatCount } from "@/lib/format";
import { t } from "@/lib/texts";
import { type Column, DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Loading } from "@/ui/loading";
import { Duration, RelativeTime } from "@/ui/moments";
import { Panel } from "@/ui/panel";
import { StatusBadge } from "@/ui/status-badge";
import { pathTo } from "@/ui/to-link";
import { toastDone, toastFailed } from "@/ui/toast";

interface Props {
  filter: RunFilter;
  /** What an empty list says; without it, that there is no run yet. */
  empty?: ReactNode;
}

/** Runs that fit a filter, newest first; several can be cancelled, retried or compared at once. */
export function RunTable({ filter, empty }: Props) {
  const query = useInfiniteQuery(runsQuery(filter));
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const navigate = useNavigate();
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (query.isPending) return <Loading />;
  if (rows.length === 0) return empty ?? <EmptyState title={t.runs.none} hint={t.runs.noneHint} />;
  const columns = filter.pipeline === undefined ? COLUMNS : COLUMNS.filter((column) => column.key !== "pipeline");
  return (
    <Stack gap="sm">
      <BulkBar runs={rows.filter((run) => selected.has(run.id))} onDone={() => setSelected(new Set())} />
      <Panel flush>
        <DataTable
          label={t.runs.title}
          rows={rows}
          columns={columns}
          rowKey={(run) => run.id}
          selected={selected}
          onSelect={setSelected}
          onOpen={(run) => void navigate({ to: pathTo("/runs", run.id) })}
          onEnd={() => query.hasNextPage && !query.isFetchingNextPage && void query.fetchNextPage()}
        />
      </Panel>
      {query.hasNextPage && (
        <div>
          <Button
            variant="default"
            size="xs"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {t.runs.loadMore}
          </Button>
        </div>
      )}
    </Stack>
  );
}

const COLUMNS: Column<RunSummary>[] = [
  {
    key: "status",
    header: t.runs.status,
    cell: (run) => (
      <Anchor
        component={Link}
        to={pathTo("/runs", run.id)}
        underline="never"
        aria-label={`${t.runs.of(run.pipeline.name)}: ${t.common.status[run.status] ?? run.status}`}
      >
        <StatusBadge status={run.status} />
      </Anchor>
    ),
  },
  {
    key: "pipeline",
    header: t.runs.pipeline,
    cell: (run) => (
      <Text component="span" fw={560} size="sm">
        {run.pipeline.name}
      </Text>
    ),
  },
  { key: "begun", header: t.runs.begun, cell: (run) => <RelativeTime at={run.started_at ?? run.created_at} /> },
  {
    key: "took",
    header: t.runs.took,
    align: "right",
    wideOnly: true,
    cell: (run) => <Duration seconds={run.took_s} since={isLive(run) ? run.started_at : null} />,
  },
  { key: "read", header: t.runs.read, align: "right", wideOnly: true, cell: (run) => count(run.rows?.read) },
  { key: "written", header: t.runs.written, align: "right", cell: (run) => count(run.rows?.written) },
  {
    key: "rejected",
    header: t.runs.rejected,
    align: "right",
    wideOnly: true,
    cell: (run) =>
      (run.rows?.rejected ?? 0) > 0 ? (
        <strong style={{ color: "var(--hw-warn-ink)" }}>{count(run.rows?.rejected)}</strong>
      ) : (
        count(run.rows?.rejected)
      ),
  },
  {
    key: "trigger",
    header: t.runs.trigger,
    wideOnly: true,
    cell: (run) => run.schedule?.name ?? run.requested_by ?? t.runs.triggers[run.trigger] ?? run.trigger,
  },
];

function count(value: number | undefined): string {
  return value === undefined ? "–" : formatCount(value);
}

function BulkBar({ runs, onDone }: { runs: readonly RunSummary[]; onDone: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const live = runs.filter(isLive);
  const ended = runs.filter((run) => !isLive(run));
  const after = async (words: string) => {
    toastDone(words);
    onDone();
    await client.invalidateQueries({ queryKey: runKeys.lists });
  };
  const cancel = useMutation({
    mutationFn: () => cancelRuns(live.map((run) => run.id)),
    onSuccess: () => after(t.runs.cancelled(live.length)),
    onError: (error) => toastFailed(error),
  });
  const retry = useMutation({
    mutationFn: () => retryRuns(ended.map((run) => run.id)),
    onSuccess: () => after(t.runs.retried(ended.length)),
    onError: (error) => toastFailed(error),
  });
  if (runs.length === 0) return null;
  const [a, b] = runs;
  return (
    <Group gap="sm" role="toolbar" aria-label={t.common.selected(runs.length)}>
      <Text size="sm">{t.common.selected(runs.length)}</Text>
      <Button
        size="xs"
        variant="default"
        disabled={live.length === 0}
        loading={cancel.isPending}
        leftSection={<IconPlayerStop size={14} aria-hidden />}
        onClick={() => cancel.mutate()}
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
          a !== undefined &&
          b !== undefined &&
          void navigate({ to: "/runs/compare" as string, search: { a: a.id, b: b.id } as never })
        }
      >
        {t.runs.compareTwo}
      </Button>
    </Group>
  );
}

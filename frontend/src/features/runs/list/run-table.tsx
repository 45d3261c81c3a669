import { Anchor, Button, Stack, Text } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useMemo, useState } from "react";
import { isLive, type RunFilter, runsQuery } from "@/api/runs";
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
import { BulkBar } from "./bulk-bar";
import classes from "./runs.module.css";

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
  if (query.isError && query.data === undefined)
    return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (query.isPending) return <Loading />;
  if (rows.length === 0) return empty ?? <NoRuns />;
  const columns = filter.pipeline === undefined ? COLUMNS : OF_ONE;
  return (
    <Stack gap="sm">
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
      <BulkBar runs={rows.filter((run) => selected.has(run.id))} onDone={() => setSelected(new Set())} />
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
    tight: true,
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
    clip: true,
    cell: (run) => (
      <Text component="span" fw={560} size="sm" title={run.pipeline.name}>
        {run.pipeline.name}
        <small className={classes.under}>
          <RelativeTime at={run.started_at ?? run.created_at} />
        </small>
      </Text>
    ),
  },
  {
    key: "begun",
    header: t.runs.begun,
    wideOnly: true,
    cell: (run) => <RelativeTime at={run.started_at ?? run.created_at} />,
  },
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
    tight: true,
    cell: (run) => {
      const who = run.schedule?.name ?? run.requested_by ?? t.runs.triggers[run.trigger] ?? run.trigger;
      return <span title={who}>{who}</span>;
    },
  },
];

/** In the list of one pipeline its name says nothing; the moment then has room on narrow screens, too. */
const OF_ONE = COLUMNS.filter((column) => column.key !== "pipeline").map((column) =>
  column.key === "begun" ? { ...column, wideOnly: false } : column,
);

function NoRuns() {
  return (
    <EmptyState
      icon={<IconPlayerPlay size={22} />}
      title={t.runs.none}
      hint={t.runs.noneHint}
      action={
        <Button component={Link} to={"/pipelines" as string} variant="default">
          {t.runs.toPipelines}
        </Button>
      }
    />
  );
}

function count(value: number | undefined): string {
  return value === undefined ? "–" : formatCount(value);
}

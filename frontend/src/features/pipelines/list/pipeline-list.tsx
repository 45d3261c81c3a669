import { Anchor, Box, Button, Group, Stack } from "@mantine/core";
import { IconPlayerPlay, IconPlus, IconRoute } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { pipelineKeys, pipelinesQuery, runPipeline } from "@/api/pipelines";
import { isLive, runKeys } from "@/api/runs";
import type { Pipeline } from "@/api/types";
import { t } from "@/lib/texts";
import { type Column, DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { PageHeader } from "@/ui/page-header";
import { QueryState } from "@/ui/query-state";
import { RelativeTime } from "@/ui/moments";
import { HealthBars } from "@/ui/health-bars";
import { SearchInput } from "@/ui/search-input";
import { Panel } from "@/ui/panel";
import { StatusBadge } from "@/ui/status-badge";
import { toastDone, toastFailed } from "@/ui/toast";

interface Props {
  q: string;
  onSearch: (q: string) => void;
  onOpen: (pipeline: Pipeline) => void;
}

/** All pipelines, with how their last runs went and when the next one starts. */
export function PipelineList({ q, onSearch, onOpen }: Props) {
  const query = useQuery(pipelinesQuery());
  const create = (
    <Button component={Link} to="/pipelines/new" leftSection={<IconPlus size={16} aria-hidden />}>
      {t.pipelines.new}
    </Button>
  );
  return (
    <>
      <PageHeader title={t.pipelines.title} about={t.pipelines.about} actions={create} />
      <QueryState query={query}>
        {(pipelines) =>
          pipelines.length === 0 ? (
            <EmptyState
              title={t.pipelines.none}
              hint={t.pipelines.noneHint}
              action={create}
              icon={<IconRoute size={24} />}
            />
          ) : (
            <Table pipelines={pipelines} q={q} onSearch={onSearch} onOpen={onOpen} />
          )
        }
      </QueryState>
    </>
  );
}

function Table({ pipelines, q, onSearch, onOpen }: Props & { pipelines: readonly Pipeline[] }) {
  const needle = q.trim().toLowerCase();
  const rows = pipelines.filter((one) => `${one.name} ${one.description ?? ""}`.toLowerCase().includes(needle));
  return (
    <Stack gap="md">
      <Box maw="24rem">
        <SearchInput value={q} onChange={onSearch} label={t.pipelines.searchLabel} />
      </Box>
      {rows.length === 0 ? (
        <EmptyState title={t.common.noMatch} hint={t.common.noMatchHint} />
      ) : (
        <Panel flush>
          <DataTable
            label={t.pipelines.title}
            rows={rows}
            columns={COLUMNS}
            rowKey={(row) => row.id}
            onOpen={onOpen}
            rowHeight={58}
          />
        </Panel>
      )}
    </Stack>
  );
}

const COLUMNS: Column<Pipeline>[] = [
  {
    key: "name",
    header: t.common.name,
    cell: (one) => (
      <Stack gap={0}>
        <Anchor component={Link} to={`/pipelines/${encodeURIComponent(one.name)}`} fw={600}>
          {one.name}
        </Anchor>
        {one.description !== null && (
          <span style={{ color: "var(--hw-ink-3)", fontSize: "var(--hw-text-xs)" }}>{one.description}</span>
        )}
      </Stack>
    ),
  },
  {
    key: "bars",
    header: t.pipelines.lastRuns,
    wideOnly: true,
    cell: (one) => <HealthBars label={one.name} runs={one.recent} />,
  },
  {
    key: "last",
    header: t.pipelines.lastRun,
    cell: (one) =>
      one.last_run === null ? (
        <StatusBadge status="none" />
      ) : (
        <Group gap="xs">
          <StatusBadge status={one.last_run.status} />
          <RelativeTime at={one.last_run.started_at ?? one.last_run.created_at} />
        </Group>
      ),
  },
  { key: "next", header: t.pipelines.nextTick, wideOnly: true, cell: (one) => <NextTick pipeline={one} /> },
  { key: "run", header: "", align: "right", cell: (one) => <RunButton pipeline={one} /> },
];

function NextTick({ pipeline }: { pipeline: Pipeline }) {
  const next = pipeline.schedules
    .filter((schedule) => schedule.enabled && schedule.next_at !== null)
    .sort((a, b) => (a.next_at ?? "").localeCompare(b.next_at ?? ""))[0];
  if (next !== undefined) return <RelativeTime at={next.next_at} />;
  return (
    <span style={{ color: "var(--hw-ink-3)" }}>
      {pipeline.schedules.length > 0 ? t.common.status["paused"] : t.pipelines.noSchedule}
    </span>
  );
}

function RunButton({ pipeline }: { pipeline: Pipeline }) {
  const client = useQueryClient();
  const run = useMutation({
    mutationFn: () => runPipeline(pipeline.id),
    onSuccess: async () => {
      toastDone(t.pipelines.started(pipeline.name));
      await client.invalidateQueries({ queryKey: pipelineKeys.all });
      await client.invalidateQueries({ queryKey: runKeys.lists });
    },
    onError: (error) => toastFailed(error),
  });
  const live = pipeline.last_run !== null && isLive(pipeline.last_run);
  return (
    <Button
      size="xs"
      variant="light"
      leftSection={<IconPlayerPlay size={14} aria-hidden />}
      loading={run.isPending || live}
      aria-label={`${t.pipelines.run} ${pipeline.name}`}
      onClick={() => run.mutate()}
    >
      {t.pipelines.run}
    </Button>
  );
}

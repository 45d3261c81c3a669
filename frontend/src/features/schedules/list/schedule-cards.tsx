import { Anchor, Button, Stack } from "@mantine/core";
import { IconCalendarTime, IconPlayerPause, IconPlayerPlay, IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { pauseSchedule, scheduleKeys, schedulesQuery } from "@/api/schedules";
import type { Schedule } from "@/api/types";
import { t } from "@/lib/texts";
import { type Column, DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { RelativeTime } from "@/ui/moments";
import { QueryState } from "@/ui/query-state";
import { Panel } from "@/ui/panel";
import { StatusBadge } from "@/ui/status-badge";
import { pathTo } from "@/ui/to-link";
import { toastDone, toastFailed } from "@/ui/toast";

interface Props {
  /** Only those of this pipeline. */
  pipeline?: string;
  q?: string;
}

/** Schedules, each with what it says in words, when it fires next, and a switch. */
export function ScheduleCards({ pipeline, q = "" }: Props) {
  const query = useQuery(schedulesQuery());
  const navigate = useNavigate();
  return (
    <QueryState query={query}>
      {(all) => {
        const mine = all.filter((one) => pipeline === undefined || one.pipeline.name === pipeline);
        const shown = mine.filter((one) =>
          `${one.name} ${one.pipeline.name} ${one.explanation}`.toLowerCase().includes(q.trim().toLowerCase()),
        );
        if (mine.length === 0)
          return (
            <EmptyState
              icon={<IconCalendarTime size={22} />}
              title={t.schedules.none}
              hint={t.schedules.noneHint}
              action={<NewSchedule pipeline={pipeline} />}
            />
          );
        if (shown.length === 0) return <EmptyState title={t.common.noMatch} hint={t.common.noMatchHint} />;
        return (
          <Stack gap="md">
            <Panel flush>
              <DataTable
                label={t.schedules.title}
                rows={shown}
                columns={pipeline === undefined ? COLUMNS : COLUMNS.filter((column) => column.key !== "pipeline")}
                rowKey={(one) => one.id}
                onOpen={(one) => void navigate({ to: pathTo("/schedules", one.name) })}
              />
            </Panel>
            {pipeline !== undefined && (
              <div>
                <NewSchedule pipeline={pipeline} />
              </div>
            )}
          </Stack>
        );
      }}
    </QueryState>
  );
}

export function NewSchedule({ pipeline }: { pipeline?: string | undefined }) {
  return (
    <Button
      component={Link}
      to={"/schedules/new" as string}
      {...(pipeline === undefined ? {} : { search: { pipeline } as never })}
      leftSection={<IconPlus size={16} aria-hidden />}
    >
      {t.schedules.new}
    </Button>
  );
}

const COLUMNS: Column<Schedule>[] = [
  {
    key: "name",
    header: t.schedules.name,
    clip: true,
    cell: (one) => (
      <Anchor title={one.name} component={Link} to={pathTo("/schedules", one.name)} fw={600}>
        {one.name}
      </Anchor>
    ),
  },
  {
    key: "pipeline",
    header: t.schedules.pipeline,
    clip: true,
    wideOnly: true,
    cell: (one) => <span title={one.pipeline.name}>{one.pipeline.name}</span>,
  },
  { key: "when", header: t.schedules.when, wideOnly: true, cell: (one) => one.explanation },
  { key: "zone", header: t.schedules.zone, wideOnly: true, tight: true, cell: (one) => one.timezone },
  {
    key: "next",
    header: t.schedules.next,
    cell: (one) => (one.enabled ? <RelativeTime at={one.next_at} none="–" /> : <StatusBadge status="paused" />),
  },
  { key: "pause", header: "", align: "right", cell: (one) => <PauseButton schedule={one} /> },
];

/** Shown as done at once, and taken back when the server says no. */
export function PauseButton({ schedule }: { schedule: Schedule }) {
  const client = useQueryClient();
  const pause = useMutation({
    mutationFn: () => pauseSchedule(schedule.id, schedule.enabled),
    onMutate: () =>
      client.setQueriesData<Schedule[]>({ queryKey: ["schedules", "list"] }, (old) =>
        old?.map((one) => (one.id === schedule.id ? { ...one, enabled: !schedule.enabled } : one)),
      ),
    onSuccess: () =>
      toastDone(schedule.enabled ? t.schedules.pausedDone(schedule.name) : t.schedules.resumedDone(schedule.name)),
    onError: (error) => toastFailed(error),
    onSettled: () => client.invalidateQueries({ queryKey: scheduleKeys.all }),
  });
  const Icon = schedule.enabled ? IconPlayerPause : IconPlayerPlay;
  const label = schedule.enabled ? t.schedules.pause : t.schedules.resume;
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<Icon size={14} aria-hidden />}
      loading={pause.isPending}
      aria-label={`${label} ${schedule.name}`}
      onClick={() => pause.mutate()}
    >
      {label}
    </Button>
  );
}

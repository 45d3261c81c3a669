import { ActionIcon, Button, Group, Stack, Text, VisuallyHidden } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { ticksQuery } from "@/api/schedules";
import type { Schedule, Tick } from "@/api/types";
import classes from "@/features/schedules/edit/schedule.module.css";
import { momentIn } from "@/features/schedules/edit/schedule-form";
import { formatDay, formatDuration } from "@/lib/format";
import { t } from "@/lib/texts";
import { type Column, DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { Panel } from "@/ui/panel";
import { QueryState } from "@/ui/query-state";
import { toneOf } from "@/ui/status";
import { StatusBadge } from "@/ui/status-badge";
import { pathTo, ToLink } from "@/ui/to-link";
import { byDay, dayIn, monthAfter, spanOf, weeksOf } from "./month";

interface Props {
  schedule: Schedule;
  month: string;
  day: string | null;
  onChange: (place: { month: string; day: string | null }) => void;
}

/** Ticks of a month: to come, fired, skipped and missed, with the reasons. */
export function Calendar({ schedule, month, day, onChange }: Props) {
  const zone = schedule.timezone;
  const today = dayIn(new Date().toISOString(), zone);
  const span = spanOf(month);
  const query = useQuery(ticksQuery(schedule.id, span.from, span.to));
  return (
    <Panel
      title={`${t.schedules.calendar}: ${new Date(`${month}-15`).toLocaleDateString("en", { month: "long", year: "numeric" })}`}
      aside={
        <Group gap="xs">
          <ActionIcon
            aria-label={t.schedules.earlier}
            onClick={() => onChange({ month: monthAfter(month, -1), day: null })}
          >
            <IconChevronLeft size={16} aria-hidden />
          </ActionIcon>
          <Button size="compact-xs" variant="default" onClick={() => onChange({ month: today.slice(0, 7), day: null })}>
            {t.schedules.today}
          </Button>
          <ActionIcon
            aria-label={t.schedules.later}
            onClick={() => onChange({ month: monthAfter(month, 1), day: null })}
          >
            <IconChevronRight size={16} aria-hidden />
          </ActionIcon>
        </Group>
      }
    >
      <QueryState query={query}>
        {(ticks) => {
          const days = byDay(ticks, zone);
          const shown = ticks.filter((tick) =>
            day === null ? dayIn(tick.due_at, zone).startsWith(month) : dayIn(tick.due_at, zone) === day,
          );
          return (
            <Stack gap="md">
              <Grid
                month={month}
                days={days}
                today={today}
                day={day}
                onDay={(next) => onChange({ month, day: next === day ? null : next })}
              />
              <Legend />
              <Text size="sm" fw={600}>
                {day === null ? t.schedules.allTicks : t.schedules.ofDay(formatDay(day))}
              </Text>
              {shown.length === 0 ? <EmptyState title={t.schedules.noTicks} /> : <Ticks ticks={shown} zone={zone} />}
            </Stack>
          );
        }}
      </QueryState>
    </Panel>
  );
}

interface GridProps {
  month: string;
  days: ReadonlyMap<string, readonly Tick[]>;
  today: string;
  day: string | null;
  onDay: (day: string) => void;
}

function Grid({ month, days, today, day, onDay }: GridProps) {
  const names = [...t.schedules.weekdays.slice(1), t.schedules.weekdays[0] ?? ""];
  return (
    <table className={classes.calendar}>
      <thead>
        <tr>
          {names.map((name) => (
            <th key={name} scope="col">
              {name.slice(0, 3)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeksOf(month).map((week) => (
          <tr key={week[0]?.date}>
            {week.map((one) => (
              <td key={one.date}>
                <button
                  type="button"
                  className={classes.day}
                  data-out={!one.inMonth || undefined}
                  data-today={one.date === today || undefined}
                  aria-pressed={one.date === day}
                  onClick={() => onDay(one.date)}
                >
                  <span aria-hidden>{Number(one.date.slice(8))}</span>
                  <Marks ticks={days.get(one.date) ?? []} />
                  <VisuallyHidden>{`${formatDay(one.date)}: ${summary(days.get(one.date) ?? [])}`}</VisuallyHidden>
                </button>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const STATES = ["fired", "skipped", "missed", "next"] as const;

function Marks({ ticks }: { ticks: readonly Tick[] }) {
  return (
    <span className={classes.marks} aria-hidden>
      {STATES.map((state) => {
        const count = ticks.filter((tick) => tick.state === state).length;
        if (count === 0) return null;
        return (
          <span
            key={state}
            className={classes.mark}
            data-tone={toneOf(state)}
            data-state={state}
            data-count={count > 1 || undefined}
          >
            {count > 1 ? count : ""}
          </span>
        );
      })}
    </span>
  );
}

/** What the dots mean. */
function Legend() {
  return (
    <ul className={classes.legend}>
      {STATES.map((state) => (
        <li key={state}>
          <span className={classes.mark} data-tone={toneOf(state)} data-state={state} aria-hidden />
          {t.common.status[state]}
        </li>
      ))}
    </ul>
  );
}

function summary(ticks: readonly Tick[]): string {
  const parts = STATES.map((state) => [state, ticks.filter((tick) => tick.state === state).length] as const).filter(
    ([, count]) => count > 0,
  );
  return parts.length === 0
    ? t.schedules.ticks(0)
    : parts.map(([state, count]) => `${count} ${t.common.status[state] ?? state}`).join(", ");
}

function Ticks({ ticks, zone }: { ticks: readonly Tick[]; zone: string }) {
  const columns: Column<Tick>[] = [
    { key: "due", header: t.schedules.tick, cell: (tick) => momentIn(tick.due_at, zone) },
    { key: "state", header: t.schedules.state, cell: (tick) => <StatusBadge status={tick.state} /> },
    { key: "reason", header: t.schedules.reason, cell: (tick) => <Reason tick={tick} /> },
  ];
  return (
    <DataTable
      label={t.schedules.allTicks}
      rows={ticks}
      columns={columns}
      rowKey={(tick) => `${tick.due_at}${tick.state}${tick.run_id ?? ""}`}
      maxHeight={360}
    />
  );
}

const RUN_ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

/** Why it became what it is, with a way to the run that is meant. */
function Reason({ tick }: { tick: Tick }) {
  const late = tick.late_s !== null && tick.late_s >= 1 ? t.schedules.late(formatDuration(tick.late_s)) : null;
  const text = [tick.reason, late].filter(Boolean).join(", ");
  const named = RUN_ID.exec(text)?.[0];
  const [before, after] = named === undefined ? [text, ""] : text.split(named);
  return (
    <>
      {before}
      {named !== undefined && <ToLink to={pathTo("/runs", named)}>{named.slice(0, 8)}</ToLink>}
      {after} {tick.run_id !== null && <ToLink to={pathTo("/runs", tick.run_id)}>{t.schedules.openRun}</ToLink>}
    </>
  );
}

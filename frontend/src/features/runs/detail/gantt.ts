/** The timeline of a run as bars. Pure: shares of the whole span, from 0 to 1. */

import type { TimelineStep } from "@/api/types";

export interface GanttBar {
  readonly attempt: number;
  readonly step: string;
  readonly status: string;
  readonly from: number;
  readonly to: number;
  readonly seconds: number;
  readonly running: boolean;
}

export interface GanttRow {
  readonly stream: string;
  readonly label: string;
  readonly bars: readonly GanttBar[];
}

export interface Gantt {
  readonly rows: readonly GanttRow[];
  readonly seconds: number;
  /** Places and labels of the time axis, in seconds since the beginning. */
  readonly ticks: readonly { readonly at: number; readonly seconds: number }[];
}

/** `now` in milliseconds ends what is still running. */
export function ganttOf(steps: readonly TimelineStep[], now: number): Gantt {
  const times = steps.flatMap((step) => [
    Date.parse(step.started_at),
    step.finished_at === null ? now : Date.parse(step.finished_at),
  ]);
  if (times.length === 0) return { rows: [], seconds: 0, ticks: [] };
  const begin = Math.min(...times);
  const span = Math.max(1, Math.max(...times) - begin);
  const rows = new Map<string, { stream: string; label: string; bars: GanttBar[] }>();
  for (const step of steps) {
    const label =
      step.destination === null || step.destination === undefined
        ? step.stream
        : `${step.stream} → ${step.destination}`;
    const row = rows.get(label) ?? { stream: step.stream, label, bars: [] };
    const [from, to] = [Date.parse(step.started_at), step.finished_at === null ? now : Date.parse(step.finished_at)];
    const running = step.finished_at === null;
    row.bars.push({
      attempt: step.attempt,
      step: step.step,
      status: step.status,
      from: (from - begin) / span,
      to: (to - begin) / span,
      seconds: (to - from) / 1000,
      running,
    });
    rows.set(label, row);
  }
  const ordered = [...rows.values()].sort(
    (a, b) => a.stream.localeCompare(b.stream) || a.label.length - b.label.length,
  );
  return { rows: ordered, seconds: span / 1000, ticks: ticksOf(span / 1000) };
}

const NICE = [
  0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800,
  86_400,
];

function ticksOf(seconds: number): { at: number; seconds: number }[] {
  const every = NICE.find((size) => seconds / size <= 6) ?? seconds / 5;
  return Array.from({ length: Math.floor(seconds / every) + 1 }, (_, index) => ({
    at: (index * every) / seconds,
    seconds: index * every,
  }));
}

/** A month as weeks of days, Monday first. Pure; days are texts such as 2026-11-28 in the zone that is asked for. */

import type { Tick } from "@/api/types";

export interface Day {
  readonly date: string;
  readonly inMonth: boolean;
}

/** `month` is a text such as 2026-11. */
export function weeksOf(month: string): readonly (readonly Day[])[] {
  const [year = 0, number = 1] = month.split("-").map(Number);
  const first = new Date(Date.UTC(year, number - 1, 1));
  const lead = (first.getUTCDay() + 6) % 7;
  const length = new Date(Date.UTC(year, number, 0)).getUTCDate();
  const count = Math.ceil((lead + length) / 7) * 7;
  const days = Array.from({ length: count }, (_, at) => {
    const date = new Date(Date.UTC(year, number - 1, 1 - lead + at)).toISOString().slice(0, 10);
    return { date, inMonth: date.startsWith(month) };
  });
  return Array.from({ length: count / 7 }, (_, week) => days.slice(week * 7, week * 7 + 7));
}

export function monthAfter(month: string, by: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
}

/** A span that holds the month in every zone. */
export function spanOf(month: string): { from: string; to: string } {
  const [year = 0, number = 1] = month.split("-").map(Number);
  const hour = 3_600_000;
  return {
    from: new Date(Date.UTC(year, number - 1, 1) - 14 * hour).toISOString(),
    to: new Date(Date.UTC(year, number, 1) + 14 * hour).toISOString(),
  };
}

/** The day that a moment falls on, in the zone. A zone that the browser does not know counts as UTC. */
export function dayIn(moment: string, zone: string): string {
  const options = { year: "numeric", month: "2-digit", day: "2-digit" } as const;
  try {
    return new Intl.DateTimeFormat("en-CA", { ...options, timeZone: zone }).format(new Date(moment));
  } catch {
    return moment.slice(0, 10);
  }
}

export function byDay(ticks: readonly Tick[], zone: string): ReadonlyMap<string, readonly Tick[]> {
  const days = new Map<string, Tick[]>();
  for (const tick of ticks) {
    const day = dayIn(tick.due_at, zone);
    days.set(day, [...(days.get(day) ?? []), tick]);
  }
  return days;
}

/** A month as weeks of days, Monday first. Pure; days are texts such as 2026-11-28 in the zone that is asked for. */

import type { Tick } from "@/api/types";

const HOUR_MS = 3_600_000;
const QUARTER_MS = HOUR_MS / 4;

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
  return {
    from: new Date(Date.UTC(year, number - 1, 1) - 14 * HOUR_MS).toISOString(),
    to: new Date(Date.UTC(year, number, 1) + 14 * HOUR_MS).toISOString(),
  };
}

/** The day that a moment falls on, in the zone. A zone that the browser does not know counts as UTC. */
export function dayIn(moment: string, zone: string): string {
  const format = formatOf(zone);
  return format === null ? moment.slice(0, 10) : format.format(new Date(moment));
}

const formats = new Map<string, Intl.DateTimeFormat | null>();

/** Making one takes longer than a thousand uses of it. */
function formatOf(zone: string): Intl.DateTimeFormat | null {
  let format = formats.get(zone);
  if (format === undefined) {
    const options = { year: "numeric", month: "2-digit", day: "2-digit" } as const;
    try {
      format = new Intl.DateTimeFormat("en-CA", { ...options, timeZone: zone });
    } catch {
      format = null;
    }
    formats.set(zone, format);
  }
  return format;
}

export const dayAfter = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + 24 * HOUR_MS).toISOString().slice(0, 10);

export const justBefore = (moment: string): string => new Date(Date.parse(moment) - 1).toISOString();

/** When a day begins in the zone, in UTC. Where midnight is skipped, the first moment after it. */
export function midnightIn(day: string, zone: string): string {
  const begin = Date.parse(`${day}T00:00:00Z`);
  // No zone is further from UTC than 14 hours; days begin on the quarter of an hour.
  for (let at = begin - 14 * HOUR_MS; at <= begin + 14 * HOUR_MS; at += QUARTER_MS) {
    const moment = new Date(at).toISOString();
    if (dayIn(moment, zone) >= day) return moment;
  }
  return new Date(begin).toISOString();
}

export function byDay(ticks: readonly Tick[], zone: string): ReadonlyMap<string, readonly Tick[]> {
  const days = new Map<string, Tick[]>();
  for (const tick of ticks) {
    const day = dayIn(tick.due_at, zone);
    const known = days.get(day);
    if (known === undefined) days.set(day, [tick]);
    else known.push(tick);
  }
  return days;
}

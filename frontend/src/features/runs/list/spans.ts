/** Spans of time that a list is narrowed to, counted back from now. */
export const SPANS = ["all", "hour", "day", "week", "month"] as const;
export type Span = (typeof SPANS)[number];

const HOURS: Record<Span, number | null> = { all: null, hour: 1, day: 24, week: 7 * 24, month: 30 * 24 };
const MINUTE_MS = 60_000;

/** The beginning as an ISO time, on the whole minute so that asking again finds the same answer in the cache. */
export function sinceOf(span: Span | undefined, now: Date): string | null {
  const hours = HOURS[span ?? "all"];
  if (hours === null) return null;
  return new Date(Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS - hours * 60 * MINUTE_MS).toISOString();
}

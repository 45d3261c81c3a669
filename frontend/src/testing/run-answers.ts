import type { LogLine, LogPage, RunDetail, RunSummary } from "@/api/types";

/** Runs and their logs as the server answers them, whole and typed. */
export const run = (more: Partial<RunSummary> = {}): RunSummary => ({
  id: "01a22419-0000-7000-8000-000000000001",
  pipeline: { id: "01a22419-0000-7000-8000-0000000000aa", name: "orders" },
  version: 1,
  status: "succeeded",
  trigger: "manual",
  attempt: 1,
  requested_by: "ann",
  schedule: null,
  created_at: "2026-11-28T10:00:00Z",
  started_at: "2026-11-28T10:00:01Z",
  finished_at: "2026-11-28T10:00:11Z",
  took_s: 10,
  rows: { read: 10, filtered: 0, rejected: 1, deduplicated: 0, written: 9 },
  bytes: null,
  error: null,
  retry_of: null,
  ...more,
});

export const runDetail = (more: Partial<RunDetail> = {}): RunDetail => ({
  ...run(),
  parameters: {},
  document: { sources: ["shop"], destinations: ["warehouse"] },
  report: null,
  progress: {},
  attempts: [],
  retry_at: null,
  queue_position: null,
  ...more,
});

export const logLine = (id: number, more: Partial<LogLine> = {}): LogLine => ({
  id,
  at: "2026-11-28T10:00:01.123Z",
  attempt: 1,
  level: "info",
  stream: null,
  event: null,
  message: `line ${id}`,
  facts: null,
  ...more,
});

/** A log of lines 1 to `last`, asked as the server is asked: the tail, before or after an id. */
export function logPage(last: number, query: URLSearchParams): LogPage {
  const limit = Number(query.get("limit"));
  const ids = Array.from({ length: last }, (_, at) => at + 1);
  const [before, after] = [query.get("before"), query.get("after")];
  if (after !== null) {
    const found = ids.filter((id) => id > Number(after));
    const items = found.slice(0, limit).map((id) => logLine(id));
    return { items, more_before: true, more_after: found.length > limit };
  }
  const found = ids.filter((id) => before === null || id < Number(before));
  const items = found.slice(-limit).map((id) => logLine(id));
  return { items, more_before: found.length > limit, more_after: before !== null };
}

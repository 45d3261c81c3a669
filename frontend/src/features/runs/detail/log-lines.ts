/** The lines of a log that are at hand, kept in order without gaps or doubles. Pure. */

import type { LogLine } from "@/api/types";

export function joined(known: readonly LogLine[], more: readonly LogLine[]): readonly LogLine[] {
  if (more.length === 0) return known;
  const last = known.at(-1)?.id ?? -1;
  // The common case: new lines at the end.
  if ((more[0]?.id ?? 0) > last) return [...known, ...more];
  const byId = new Map([...known, ...more].map((line) => [line.id, line]));
  return [...byId.values()].sort((a, b) => a.id - b.id);
}

const ORDER = ["debug", "info", "warning", "error"];

/** Whether a line that comes in live fits what is asked for; the same rule as the server's. */
export function fits(line: LogLine, level: string, q: string): boolean {
  if (ORDER.indexOf(line.level.toLowerCase()) < ORDER.indexOf(level)) return false;
  const text = `${line.message} ${line.stream ?? ""}`.toLowerCase();
  return q === "" || text.includes(q.toLowerCase());
}

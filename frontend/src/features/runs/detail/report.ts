/** The engine's report (docs/reference/run-report.md), read from what the server keeps of it. Pure. */

import type { Cell, ErrorInfo, RowCounts, RunDetail } from "@/api/types";
import type { StreamFigures } from "@/graph/figures";

export interface ReportCheck {
  readonly name: string;
  readonly passed: boolean;
  readonly kind?: string;
  readonly severity?: string;
  readonly step?: number;
  readonly step_name?: string;
  readonly column?: string | null;
  readonly message?: string;
  readonly rows?: number;
  readonly samples?: readonly unknown[];
  readonly [fact: string]: unknown;
}

export interface SchemaChange {
  readonly column: string;
  readonly change: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface ReportLoad {
  readonly stream: string;
  readonly destination: string;
  readonly table: string;
  readonly write: string;
  readonly delivery: string;
  readonly status: string;
  readonly rows: RowCounts;
  readonly balanced: boolean;
  readonly checkpoint: Record<string, Cell> | null;
  readonly checks: readonly ReportCheck[];
  readonly schema_changes: readonly SchemaChange[];
  readonly changed: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
  readonly attempts: number;
  readonly took_s: number;
  readonly error: ErrorInfo | null;
}

export function loadsOf(run: Pick<RunDetail, "report">): readonly ReportLoad[] {
  const loads = run.report?.["loads"];
  return Array.isArray(loads) ? (loads as ReportLoad[]) : [];
}

/** What the graph shows of each stream: the report where there is one, else the latest counts. */
export function figuresOf(run: Pick<RunDetail, "report" | "progress" | "status">): readonly StreamFigures[] {
  const loads = loadsOf(run);
  const progress = run.progress ?? {};
  const names = [...new Set([...loads.map((load) => load.stream), ...Object.keys(progress)])];
  return names.map((stream) => {
    const mine = loads.filter((load) => load.stream === stream);
    const counts = progress[stream];
    const rows = mine[0]?.rows;
    const written = mine
      .filter((load) => load.status === "succeeded")
      .map((load) => [load.destination, load.rows.written] as const);
    return {
      stream,
      read: rows?.read ?? counts?.read ?? 0,
      filtered: rows?.filtered ?? counts?.filtered ?? 0,
      rejected: rows?.rejected ?? counts?.rejected ?? 0,
      deduplicated: rows?.deduplicated ?? counts?.deduplicated ?? 0,
      passed: counts?.passed ?? rows?.written ?? 0,
      rowEstimate: counts?.row_estimate ?? null,
      rowsPerS: averageOf(mine[0]) ?? counts?.rows_per_s ?? null,
      written: new Map(written),
      broke: brokenRows(mine[0]),
      state: stateOf(mine, run.status),
    };
  });
}

/** Rows read per second, over the whole load. */
function averageOf(load: ReportLoad | undefined): number | null {
  return load !== undefined && load.took_s > 0 ? load.rows.read / load.took_s : null;
}

/** By rule, and so a row may be counted twice; but never more than were rejected at all. */
function brokenRows(load: ReportLoad | undefined): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  const most = load?.rows.rejected ?? 0;
  for (const check of load?.checks ?? []) {
    if (check.kind !== "row" || check.severity !== "reject" || check.step === undefined) continue;
    found.set(check.step, Math.min(most, (found.get(check.step) ?? 0) + (check.rows ?? 0)));
  }
  return found;
}

/** Counts of a run that is not over: what its streams say of themselves; of what is written, the run knows. */
export function soFar(run: Pick<RunDetail, "report" | "progress" | "status" | "rows">): RowCounts {
  const streams = figuresOf(run);
  const most = (count: Exclude<keyof RowCounts, "written">): number =>
    Math.max(
      run.rows[count],
      streams.reduce((total, stream) => total + stream[count], 0),
    );
  return {
    read: most("read"),
    filtered: most("filtered"),
    rejected: most("rejected"),
    deduplicated: most("deduplicated"),
    written: run.rows.written,
  };
}

function stateOf(loads: readonly ReportLoad[], status: RunDetail["status"]): StreamFigures["state"] {
  if (loads.some((load) => load.status === "failed")) return "failed";
  if (loads.some((load) => load.status === "cancelled")) return "cancelled";
  if (loads.length > 0) return "succeeded";
  return status === "failed" || status === "cancelled" || status === "succeeded" ? status : "running";
}

/** Where a run failed, for people: the load, else the run itself. */
export function failedLoad(run: Pick<RunDetail, "report">): ReportLoad | undefined {
  return loadsOf(run).find((load) => load.error !== null && load.error !== undefined);
}

export interface BadRow {
  readonly check: ReportCheck;
  /** A row, or the value of the check's column. */
  readonly sample: unknown;
  readonly stream: string;
}

/** The first row that broke a rule, of the loads that failed first. */
export function firstBadRow(run: Pick<RunDetail, "report">): BadRow | null {
  const loads = [...loadsOf(run)].sort((a, b) => Number(b.status === "failed") - Number(a.status === "failed"));
  for (const load of loads) {
    for (const check of load.checks) {
      const [sample] = check.samples ?? [];
      if (!check.passed && sample !== undefined) return { check, sample, stream: load.stream };
    }
  }
  return null;
}

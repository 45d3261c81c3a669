import type { RejectedRows } from "@/api/pipeline-tools";
import type { Table } from "@/lib/table";

/** Rejected rows as a table, with the reason of each by its place. */
export function rejectedTable(rejected: RejectedRows): { table: Table; reasons: ReadonlyMap<number, string> } {
  const reasons = rejected.rows.map(
    (row, at) => [at, `${row.step_name}: ${row.messages.join("; ") || row.rules.join(", ")}`] as const,
  );
  return {
    table: { columns: rejected.columns, rows: rejected.rows.map((row) => row.values) },
    reasons: new Map(reasons),
  };
}

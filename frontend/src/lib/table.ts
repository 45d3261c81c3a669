/** Rows as the API sends them: cells in the order of the columns. */
export type Cell = string | number | boolean | null | Cell[] | { [key: string]: Cell };

export interface Table {
  columns: { name: string; type?: string }[];
  rows: Cell[][];
}

/** The text of one cell; null has none. */
export function cellText(value: Cell | undefined): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** One key per cell, for sets of marked cells. */
export const cellKey = (row: number, column: number): string => `${row}:${column}`;

/** Rows that were set aside, each with where and why. */
export interface Rejected {
  columns: readonly { name: string }[];
  rows: readonly { step_name: string; rules: readonly string[]; messages: readonly string[]; values: Cell[] }[];
}

/** Rejected rows as a table, with the reason of each by its place. */
export function rejectedTable({ columns, rows }: Rejected): { table: Table; reasons: ReadonlyMap<number, string> } {
  const reasons = rows.map(
    (row, at) => [at, `${row.step_name}: ${row.messages.join("; ") || row.rules.join(", ")}`] as const,
  );
  return { table: { columns: [...columns], rows: rows.map((row) => row.values) }, reasons: new Map(reasons) };
}

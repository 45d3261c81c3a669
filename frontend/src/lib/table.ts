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

/** Rejected rows as a table, whether they come as lists or as objects. */
export function rejectedTable(data: {
  columns: readonly { name?: string; type?: string }[];
  rows: readonly (Cell[] | Record<string, Cell>)[];
}): Table {
  const names = data.columns.map((column) => column.name ?? "");
  const columns = data.columns.map((column, at) => ({
    name: names[at] ?? "",
    ...(column.type ? { type: column.type } : {}),
  }));
  return { columns, rows: data.rows.map((row) => (Array.isArray(row) ? row : names.map((name) => row[name] ?? null))) };
}

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

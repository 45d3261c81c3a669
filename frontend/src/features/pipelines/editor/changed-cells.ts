/** What a step did to a sample: cells that differ and columns that came or went. Pure. */

import { cellKey, cellText, type Table } from "@/lib/table";

export interface Difference {
  readonly cells: ReadonlySet<string>;
  readonly added: readonly string[];
  readonly gone: readonly string[];
}

const NOTHING: Difference = { cells: new Set(), added: [], gone: [] };

/**
 * Rows are compared by their place, which says something only while both samples hold the same number of rows; new
 * columns are known always.
 */
export function difference(before: Table | undefined, after: Table): Difference {
  if (before === undefined) return NOTHING;
  const places = new Map(before.columns.map((column, at) => [column.name, at]));
  const names = new Set(after.columns.map((column) => column.name));
  const added = after.columns.filter((column) => !places.has(column.name)).map((column) => column.name);
  const gone = before.columns.filter((column) => !names.has(column.name)).map((column) => column.name);
  const cells = new Set<string>();
  after.columns.forEach((column, at) => {
    const old = places.get(column.name);
    after.rows.forEach((row, index) => {
      const comparable = before.rows.length === after.rows.length && old !== undefined;
      if (old === undefined || (comparable && cellText(row[at]) !== cellText(before.rows[index]?.[old])))
        cells.add(cellKey(index, at));
    });
  });
  return { cells, added, gone };
}

/** What a step did to a sample: cells that differ and columns that came or went. Pure. */

import { type Cell, cellKey, cellText, type Table } from "@/lib/table";

export interface Difference {
  readonly cells: ReadonlySet<string>;
  readonly added: readonly string[];
  readonly gone: readonly string[];
}

const NOTHING: Difference = { cells: new Set(), added: [], gone: [] };

/**
 * `before` should be the longer sample: a step may have dropped rows, so rows are paired by the columns that it left
 * alone, in their order. Rows that cannot be paired are not compared: better no mark than a wrong one. New columns are known always.
 */
export function difference(before: Table | undefined, after: Table): Difference {
  if (before === undefined) return NOTHING;
  const places = new Map(before.columns.map((column, at) => [column.name, at]));
  const names = new Set(after.columns.map((column) => column.name));
  const added = after.columns.filter((column) => !places.has(column.name)).map((column) => column.name);
  const gone = before.columns.filter((column) => !names.has(column.name)).map((column) => column.name);
  const origins = originsOf(before, after, places);
  const cells = new Set<string>();
  after.columns.forEach((column, at) => {
    const old = places.get(column.name);
    after.rows.forEach((row, index) => {
      const origin = origins?.[index];
      const differs = origin !== undefined && old !== undefined && textAt(before.rows[origin], old) !== textAt(row, at);
      if (old === undefined || differs) cells.add(cellKey(index, at));
    });
  });
  return { cells, added, gone };
}

/** For each row the place it had before the step; null when that cannot be told. */
function originsOf(before: Table, after: Table, places: ReadonlyMap<string, number>): readonly number[] | null {
  const common = after.columns.flatMap((column, at) => {
    const old = places.get(column.name);
    return old === undefined ? [] : [{ at, old }];
  });
  const texts = (rows: Cell[][], columns: readonly number[]) =>
    rows.map((row) => JSON.stringify(columns.map((column) => textAt(row, column))));
  const alone = common.filter(({ at, old }) => placesOf(texts(after.rows, [at]), texts(before.rows, [old])) !== null);
  const found =
    alone.length === 0
      ? null
      : placesOf(
          texts(
            after.rows,
            alone.map((one) => one.at),
          ),
          texts(
            before.rows,
            alone.map((one) => one.old),
          ),
        );
  if (found !== null) return found;
  return before.rows.length === after.rows.length ? after.rows.map((_, index) => index) : null;
}

/** Where the values stand among the others, in their order; null when they do not. */
function placesOf(values: readonly string[], within: readonly string[]): number[] | null {
  const found: number[] = [];
  let at = 0;
  for (const value of values) {
    at = within.indexOf(value, at);
    if (at === -1) return null;
    found.push(at);
    at += 1;
  }
  return found;
}

const textAt = (row: readonly Cell[] | undefined, at: number): string | null => {
  const value = row?.[at];
  return value === null || value === undefined ? null : cellText(value);
};

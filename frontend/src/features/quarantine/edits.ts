/** Cells of rejected rows that a person corrects, before they are saved. Pure. */

import type { Cell, QuarantineRow } from "@/api/types";

/** New records by row number; only rows that differ from what is kept. */
export type Edits = ReadonlyMap<number, Record<string, Cell>>;

/** The row as it would be replayed: what is being typed, else what was saved, else what was rejected. */
export function currentRecord(row: QuarantineRow, edits: Edits): Record<string, Cell> {
  return edits.get(row.row) ?? row.edited ?? row.record ?? {};
}

export function isEdited(row: QuarantineRow, edits: Edits, column: string): boolean {
  return !same(currentRecord(row, edits)[column] ?? null, row.record?.[column] ?? null);
}

export function withCell(edits: Edits, row: QuarantineRow, column: string, typed: string): Edits {
  const record = { ...currentRecord(row, edits), [column]: valueOf(typed, row.record?.[column] ?? null) };
  const next = new Map(edits);
  if (same(record, row.edited ?? row.record ?? {})) next.delete(row.row);
  else next.set(row.row, record);
  return next;
}

/** What was typed, as the kind of value that stood there: a number stays a number where it can, an empty cell is null. */
export function valueOf(typed: string, before: Cell): Cell {
  if (typed === "") return null;
  if (typeof before === "number" && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(typed) && Number.isFinite(Number(typed)))
    return Number(typed);
  if (typeof before === "boolean" && (typed === "true" || typed === "false")) return typed === "true";
  if (typeof before === "object" && before !== null) {
    try {
      return JSON.parse(typed) as Cell;
    } catch {
      return typed;
    }
  }
  return typed;
}

function same(one: unknown, two: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(two);
}

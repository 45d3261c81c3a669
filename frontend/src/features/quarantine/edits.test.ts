import { expect, it } from "vitest";
import type { QuarantineRow } from "@/api/types";
import { currentRecord, isEdited, valueOf, withCell } from "@/features/quarantine/edits";

const row: QuarantineRow = {
  row: 7,
  step: 1,
  step_name: "quality",
  rules: [{ id: "range(quantity)", column: "quantity" }],
  messages: ["quantity is not between 1 and 100"],
  record: { id: 1, quantity: -3, note: null },
  edited: null,
  source: { text: null, file: null, line: null },
  status: "open",
  note: null,
  rejected_at: "2026-11-28T00:00:00Z",
};

it("a corrected cell keeps the kind of the value that stood there", () => {
  expect(valueOf("3", -3)).toBe(3);
  expect(valueOf("three", -3)).toBe("three");
  expect(valueOf("", "x")).toBeNull();
  expect(valueOf("false", true)).toBe(false);
  expect(valueOf("007", "x")).toBe("007");
});

it("an edit holds the whole row, and marks the cell alone", () => {
  const edits = withCell(new Map(), row, "quantity", "3");
  expect(currentRecord(row, edits)).toEqual({ id: 1, quantity: 3, note: null });
  expect(isEdited(row, edits, "quantity")).toBe(true);
  expect(isEdited(row, edits, "id")).toBe(false);
});

it("typing back what stood there is no edit", () => {
  expect(withCell(withCell(new Map(), row, "quantity", "3"), row, "quantity", "-3").size).toBe(0);
});

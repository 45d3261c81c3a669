import { expect, it } from "vitest";
import { difference } from "@/features/pipelines/editor/changed-cells";

const before = {
  columns: [{ name: "id" }, { name: "email" }, { name: "note" }],
  rows: [
    [1, "a@x", null],
    [2, "b@x", null],
  ],
};

it("a changed cell and a new column are marked, a gone column is named", () => {
  const after = {
    columns: [{ name: "id" }, { name: "email" }, { name: "total" }],
    rows: [
      [1, "****", 5],
      [2, "b@x", 6],
    ],
  };
  const found = difference(before, after);
  expect([...found.cells].sort()).toEqual(["0:1", "0:2", "1:2"]);
  expect(found).toMatchObject({ added: ["total"], gone: ["note"] });
});

it("rows that do not correspond are not compared", () => {
  const found = difference(before, { columns: before.columns, rows: [[2, "b@x", null]] });
  expect(found.cells.size).toBe(0);
});

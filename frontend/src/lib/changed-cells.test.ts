import { describe, expect, it } from "vitest";
import { difference } from "@/lib/changed-cells";

const columns = [{ name: "id" }, { name: "email" }, { name: "note" }];
const before = {
  columns,
  rows: [
    [1, "a@x", null],
    [2, "b@x", null],
    [3, "c@x", "late"],
  ],
};

describe("what a step did to a sample", () => {
  it("marks a changed cell and a new column, and names one that is gone", () => {
    const after = {
      columns: [{ name: "id" }, { name: "email" }, { name: "total" }],
      rows: [
        [1, "****", 5],
        [2, "b@x", 6],
        [3, "c@x", 7],
      ],
    };
    const found = difference(before, after);
    expect([...found.cells].sort()).toEqual(["0:1", "0:2", "1:2", "2:2"]);
    expect(found).toMatchObject({ added: ["total"], gone: ["note"] });
  });

  it("marks nothing when rows were dropped only", () => {
    expect(difference(before, { columns, rows: before.rows.slice(1, 3) }).cells.size).toBe(0);
  });

  it("pairs rows behind a dropped one with the rows they were", () => {
    const after = {
      columns,
      rows: [
        [2, "B@X", null],
        [3, "C@X", "late"],
      ],
    };
    expect([...difference(before, after).cells].sort()).toEqual(["0:1", "1:1"]);
  });

  it("goes by the place where every column changed and no row went", () => {
    const one = { columns: [{ name: "email" }], rows: [["a@x"], ["b@x"]] };
    expect(difference(one, { ...one, rows: [["****"], ["****"]] }).cells.size).toBe(2);
  });

  it("tells an empty text from null", () => {
    const after = { columns, rows: [[1, "a@x", ""], ...before.rows.slice(1)] };
    expect([...difference(before, after).cells]).toEqual(["0:2"]);
  });

  it("marks nothing when rows cannot be told apart", () => {
    const after = { columns, rows: [[9, "z@x", "new"]] };
    expect(difference(before, after).cells.size).toBe(0);
  });
});

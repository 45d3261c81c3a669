import { expect, it } from "vitest";
import { schemaSteps } from "@/features/pipelines/plan/schema-steps";

it("a column that comes, changes or goes at a step is marked there and nowhere else", () => {
  const column = (name: string, type: string) => ({ name, type, nullable: true });
  const rows = schemaSteps([
    [column("id", "string"), column("note", "string")],
    [column("id", "int64"), column("note", "string")],
    [column("id", "int64"), column("total", "double")],
  ]);
  expect(rows.map((row) => [row.name, ...row.cells.map((cell) => cell.change)])).toEqual([
    ["id", "none", "changed", "none"],
    ["note", "none", "none", "gone"],
    ["total", "none", "none", "added"],
  ]);
});

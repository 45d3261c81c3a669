import { expect, it } from "vitest";
import { ganttOf } from "@/features/runs/detail/gantt";

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const step = (stream: string, from: number, to: number | null, attempt = 1) => ({
  stream,
  step: "read" as const,
  destination: null,
  attempt,
  started_at: at(from),
  finished_at: to === null ? null : at(to),
  status: to === null ? "running" : "succeeded",
});

it("bars are shares of the whole span, one row per stream with all its attempts", () => {
  const gantt = ganttOf([step("orders", 0, 2), step("orders", 4, 10, 2), step("customers", 5, 10)], 0);
  expect(gantt.seconds).toBe(10);
  expect(gantt.rows.map((row) => [row.label, ...row.bars.map((bar) => [bar.from, bar.to])])).toEqual([
    ["customers", [0.5, 1]],
    ["orders", [0, 0.2], [0.4, 1]],
  ]);
});

it("what still runs goes on to now", () => {
  const gantt = ganttOf([step("orders", 0, null)], Date.parse(at(8)));
  expect(gantt.rows[0]?.bars[0]).toMatchObject({ to: 1, seconds: 8, running: true });
});

it("the axis has at most seven marks, and nothing is drawn of nothing", () => {
  expect(ganttOf([step("orders", 0, 55)], 0).ticks.map((tick) => tick.seconds)).toEqual([0, 10, 20, 30, 40, 50]);
  expect(ganttOf([], 0).rows).toEqual([]);
});

import { expect, it } from "vitest";
import { failedLoad, figuresOf, firstBadRow, type ReportLoad, soFar } from "@/features/runs/detail/report";

const rows = { read: 100, filtered: 0, rejected: 3, deduplicated: 0, written: 97 };
const load: ReportLoad = {
  stream: "orders",
  destination: "lake",
  table: "orders",
  write: "merge",
  delivery: "exactly once",
  status: "succeeded",
  rows,
  balanced: true,
  checkpoint: null,
  checks: [
    { name: "not_null(id)", passed: false, kind: "row", severity: "reject", step: 2, rows: 3, samples: [{ id: null }] },
    { name: "range(amount)", passed: false, kind: "row", severity: "warn", step: 2, rows: 9 },
  ],
  schema_changes: [],
  changed: {},
  warnings: [],
  attempts: 1,
  took_s: 1,
  error: null,
};
const counts = { read: 40, filtered: 0, rejected: 1, deduplicated: 0, passed: 39, row_estimate: 80, rows_per_s: 12 };

it("the report wins over the last counts, and rows that only warned did not break a rule of rejection", () => {
  const [orders] = figuresOf({ report: { loads: [load] }, progress: { orders: counts }, status: "succeeded" });
  expect(orders).toMatchObject({ read: 100, rejected: 3, state: "succeeded" });
  expect(orders?.written.get("lake")).toBe(97);
  expect([...(orders?.broke ?? [])]).toEqual([[2, 3]]);
});

it("while a run is live its counts are shown", () => {
  const [orders] = figuresOf({ report: null, progress: { orders: counts }, status: "running" });
  expect(orders).toMatchObject({ read: 40, passed: 39, rowsPerS: 12, rowEstimate: 80, state: "running" });
  expect(orders?.written.size).toBe(0);
});

it("no more rows are called rejected than were, when one row broke two rules", () => {
  const [reject] = load.checks;
  const twice = {
    ...load,
    checks: [
      { ...reject, name: "a", rows: 3 },
      { ...reject, name: "b", rows: 2 },
    ] as never,
  };
  const [orders] = figuresOf({ report: { loads: [twice] }, progress: {}, status: "succeeded" });
  expect([...(orders?.broke ?? [])]).toEqual([[2, 3]]);
});

it("the figures of a live run are those of its streams, but for what is written", () => {
  const none = { read: 0, filtered: 0, rejected: 0, deduplicated: 0, written: 0 };
  const progress = { orders: counts, customers: { ...counts, read: 2, rejected: 0 } };
  expect(soFar({ report: null, progress, status: "running", rows: none })).toEqual({ ...none, read: 42, rejected: 1 });
});

it("a load that is over says how many rows it read per second on average", () => {
  const [orders] = figuresOf({ report: { loads: [load] }, progress: { orders: counts }, status: "succeeded" });
  expect(orders?.rowsPerS).toBe(100);
});

it("a failure names its load and the first bad row", () => {
  const failed: ReportLoad = {
    ...load,
    status: "failed",
    error: { code: "data.too_many", message: "3 of 100 rows", hint: null },
  };
  const run = { report: { loads: [{ ...load, stream: "customers" }, failed] } };
  expect(failedLoad(run)?.stream).toBe("orders");
  expect(firstBadRow(run)).toMatchObject({ stream: "orders", sample: { id: null } });
});

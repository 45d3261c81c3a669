import { expect, it } from "vitest";
import type { LogLine } from "@/api/types";
import { fits, joined } from "@/features/runs/detail/log-lines";

const line = (id: number, level: LogLine["level"] = "info", message = "read"): LogLine => ({
  id,
  at: "",
  attempt: 1,
  level,
  stream: "orders",
  event: null,
  message,
  facts: null,
});

it("lines come in order and once, from whichever side they arrive", () => {
  const known = joined([line(5), line(6)], [line(6), line(7)]);
  expect(joined(known, [line(3), line(4), line(5)]).map((one) => one.id)).toEqual([3, 4, 5, 6, 7]);
});

it("a live line is shown when its level and text fit", () => {
  expect(fits(line(1, "warning"), "info", "")).toBe(true);
  expect(fits(line(1, "info"), "warning", "")).toBe(false);
  expect(fits(line(1, "error", "Connection lost"), "info", "connection")).toBe(true);
  expect(fits(line(1, "error", "Connection lost"), "info", "ORDERS")).toBe(true);
  expect(fits(line(1), "info", "nothing")).toBe(false);
});

import { expect, it } from "vitest";
import { byDay, dayAfter, dayIn, midnightIn, monthAfter, spanOf, weeksOf } from "@/features/schedules/calendar/month";

it("a month is whole weeks that begin on Monday", () => {
  const weeks = weeksOf("2026-11");
  expect(weeks[0]?.map((day) => day.date.slice(8))).toEqual(["26", "27", "28", "29", "30", "31", "01"]);
  expect(weeks.flat().filter((day) => day.inMonth)).toHaveLength(30);
  expect(weeksOf("2027-02")).toHaveLength(4);
});

it("the month after December is January", () => {
  expect(monthAfter("2026-12", 1)).toBe("2027-01");
  expect(monthAfter("2026-01", -1)).toBe("2025-12");
});

it("a tick stands on its day in the schedule's zone", () => {
  expect(dayIn("2026-11-27T23:30:00Z", "Europe/Berlin")).toBe("2026-11-28");
  expect(dayIn("2026-11-27T23:30:00Z", "Nowhere/Else")).toBe("2026-11-27");
  const tick = { due_at: "2026-11-27T23:30:00Z", state: "fired" as const, reason: null, run_id: null, late_s: null };
  expect([...byDay([tick], "Europe/Berlin").keys()]).toEqual(["2026-11-28"]);
});

it("the span of a month holds it in every zone", () => {
  expect(spanOf("2026-11").from < "2026-10-31T12:00:00").toBe(true);
  expect(spanOf("2026-11").to > "2026-12-01T11:00:00").toBe(true);
});

it("knows when a day begins in a zone, on the days when clocks change too", () => {
  expect(midnightIn("2026-03-08", "America/New_York")).toBe("2026-03-08T05:00:00.000Z");
  expect(midnightIn(dayAfter("2026-03-08"), "America/New_York")).toBe("2026-03-09T04:00:00.000Z");
  expect(midnightIn("2026-11-28", "Asia/Kathmandu")).toBe("2026-11-27T18:15:00.000Z");
  expect(midnightIn("2026-11-28", "UTC")).toBe("2026-11-28T00:00:00.000Z");
  expect(dayAfter("2026-12-31")).toBe("2027-01-01");
});

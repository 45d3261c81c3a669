import { describe, expect, it } from "vitest";
import { formatBytes, formatDay, formatDuration, formatRelative } from "./format";

describe("figures for people", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1_234_567, "1.23 MB"],
    [999_950, "1.00 MB"],
    [-2_000, "-2.00 KB"],
  ])("%d bytes are %s", (value, text) => expect(formatBytes(value)).toBe(text));

  it.each([
    [0.04, "40 ms"],
    [9.96, "10.0 s"],
    [59.7, "1 min"],
    [200, "3 min 20 s"],
    [7_500, "2 h 5 min"],
    [273_600, "3 d 4 h"],
  ])("%d seconds are %s", (value, text) => expect(formatDuration(value)).toBe(text));

  it("tells the past from the future", () => {
    const now = Date.parse("2026-11-28T12:00:00Z");
    expect(formatRelative("2026-11-28T11:57:00Z", now)).toBe("3 minutes ago");
    expect(formatRelative("2026-11-28T14:00:00Z", now)).toBe("in 2 hours");
  });

  it("shows a calendar day as it is, wherever the reader sits", () => {
    expect(formatDay("2026-11-01")).toBe("Nov 1");
  });
});

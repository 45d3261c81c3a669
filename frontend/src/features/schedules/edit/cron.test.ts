import { expect, it } from "vitest";
import { cronOf, FIRST, PRESETS, presetOf } from "@/features/schedules/edit/cron";

it("every preset is read back as itself", () => {
  for (const preset of PRESETS) {
    const cron = cronOf({ ...FIRST, preset, hour: 6, minute: 30, weekday: 3, monthday: 15 });
    expect(presetOf(cron)?.preset, cron).toBe(preset);
  }
  expect(presetOf("30 6 * * 3")).toMatchObject({ hour: 6, minute: 30, weekday: 3 });
});

it("a cron that says more than a preset is none", () => {
  for (const cron of ["0 2 1-7 * 1", "0 2,14 * * *", "0 2 * 6 *", "*/5 * * * *", "0 2 * *", "0 */2 * * *"])
    expect(presetOf(cron), cron).toBeNull();
});

it("names for common times are understood", () => {
  expect(presetOf("@daily")).toMatchObject({ preset: "daily", hour: 0, minute: 0 });
});

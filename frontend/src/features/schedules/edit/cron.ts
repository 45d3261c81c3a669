/** Presets of a schedule as cron, and back. Pure; what a cron says in words comes from the server. */

export const PRESETS = ["quarter", "hourly", "daily", "workdays", "weekly", "monthly"] as const;
export type Preset = (typeof PRESETS)[number];

export interface PresetTime {
  readonly preset: Preset;
  readonly hour: number;
  readonly minute: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  readonly monthday: number;
}

export const FIRST: PresetTime = { preset: "daily", hour: 2, minute: 0, weekday: 1, monthday: 1 };

export function cronOf({ preset, hour, minute, weekday, monthday }: PresetTime): string {
  switch (preset) {
    case "quarter":
      return "*/15 * * * *";
    case "hourly":
      return `${minute} * * * *`;
    case "daily":
      return `${minute} ${hour} * * *`;
    case "workdays":
      return `${minute} ${hour} * * 1-5`;
    case "weekly":
      return `${minute} ${hour} * * ${weekday}`;
    case "monthly":
      return `${minute} ${hour} ${monthday} * *`;
  }
}

const ALIASES: Record<string, string> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
};

/** The preset that a cron is; null when it says more than a preset can. */
export function presetOf(cron: string): PresetTime | null {
  const fields = (ALIASES[cron.trim()] ?? cron).trim().split(/\s+/);
  const [minute = "", hour = "", monthday = "", month = "", weekday = ""] = fields;
  if (fields.length !== 5 || month !== "*") return null;
  if (fields.join(" ") === "*/15 * * * *") return { ...FIRST, preset: "quarter" };
  if (!/^\d+$/.test(minute)) return null;
  const time = { ...FIRST, minute: Number(minute), hour: Number(hour) };
  if (hour === "*")
    return monthday === "*" && weekday === "*" ? { ...FIRST, minute: Number(minute), preset: "hourly" } : null;
  if (!/^\d+$/.test(hour)) return null;
  if (monthday === "*" && weekday === "*") return { ...time, preset: "daily" };
  if (monthday === "*" && /^(1-5|mon-fri)$/i.test(weekday)) return { ...time, preset: "workdays" };
  if (monthday === "*" && /^[0-6]$/.test(weekday)) return { ...time, preset: "weekly", weekday: Number(weekday) };
  if (weekday === "*" && /^\d+$/.test(monthday)) return { ...time, preset: "monthly", monthday: Number(monthday) };
  return null;
}

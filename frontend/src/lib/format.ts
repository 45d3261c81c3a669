const LOCALE = "en";
const whole = new Intl.NumberFormat(LOCALE);
const compact = new Intl.NumberFormat(LOCALE, { notation: "compact", maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat(LOCALE, { style: "percent", maximumFractionDigits: 2 });
const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto" });

/** 12,345 */
export const formatCount = (value: number): string => whole.format(value);

/** 12.3K: for tiles, where the exact number stands in the tooltip. */
export const formatCompact = (value: number): string => compact.format(value);

/** 0.0042 → 0.42% */
export const formatShare = (value: number): string => percent.format(value);

const UNITS = ["B", "KB", "MB", "GB", "TB", "PB"] as const;

/** Decimal units, three figures: 1,234,567 → 1.23 MB. */
export function formatBytes(value: number): string {
  let size = Math.abs(value);
  let unit = 0;
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const text = unit === 0 ? String(Math.round(size)) : size.toPrecision(size >= 100 ? 3 : 3);
  return `${value < 0 ? "-" : ""}${text} ${UNITS[unit]}`;
}

/** 0.42 s, 12 s, 3 min 20 s, 2 h 5 min, 3 d 4 h */
export function formatDuration(seconds: number): string {
  if (seconds < 0.001) return "0 s";
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const total = Math.round(seconds);
  if (total < 60) return `${total} s`;
  if (total < 3600) return pair(Math.floor(total / 60), "min", total % 60, "s");
  if (total < 86_400) return pair(Math.floor(total / 3600), "h", Math.floor((total % 3600) / 60), "min");
  return pair(Math.floor(total / 86_400), "d", Math.floor((total % 86_400) / 3600), "h");
}

const pair = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
  small ? `${large} ${largeUnit} ${small} ${smallUnit}` : `${large} ${largeUnit}`;

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

/** "3 minutes ago", "in 2 hours"; `now` in milliseconds. */
export function formatRelative(at: string, now: number): string {
  const seconds = (Date.parse(at) - now) / 1000;
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return relative.format(0, "second");
}

const moment = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeStyle: "medium" });
const clock = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const instant = new Intl.DateTimeFormat(LOCALE, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  hourCycle: "h23",
});
const day = new Intl.DateTimeFormat(LOCALE, { month: "short", day: "numeric" });

/** In the reader's time zone: Nov 28, 2026, 6:44:10 PM */
export const formatMoment = (at: string): string => moment.format(new Date(at));
/** In the reader's time zone, to the millisecond: 18:44:10.123 */
export const formatInstant = (at: string): string => instant.format(new Date(at));
export const formatClock = (at: string): string => clock.format(new Date(at));

/** A calendar day, "2026-11-28", with no time zone to shift it. */
export const formatDay = (date: string): string => day.format(new Date(`${date.slice(0, 10)}T12:00:00`));

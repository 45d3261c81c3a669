/** The levels of log lines. Apart from the list of lines, so that the route knows them without loading it. */

export const LEVELS = ["debug", "info", "warning", "error"] as const;
export type LogLevel = (typeof LEVELS)[number];

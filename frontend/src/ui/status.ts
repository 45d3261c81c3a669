/** The one map from what happened to how it looks. */
export type Tone = "good" | "bad" | "busy" | "warn" | "idle";

const TONES: Record<string, Tone> = {
  succeeded: "good",
  passed: "good",
  fired: "good",
  replayed: "good",
  healthy: "good",
  failed: "bad",
  missed: "bad",
  running: "busy",
  retrying: "warn",
  cancelling: "warn",
  skipped: "warn",
  warned: "warn",
  open: "warn",
  queued: "idle",
  cancelled: "idle",
  dismissed: "idle",
  paused: "idle",
  next: "idle",
};

export const toneOf = (status: string): Tone => TONES[status] ?? "idle";

export const toneColor = (tone: Tone): string => `var(--hw-${tone})`;
export const toneWash = (tone: Tone): string => `var(--hw-${tone}-wash)`;
export const toneInk = (tone: Tone): string => `var(--hw-${tone}-ink)`;

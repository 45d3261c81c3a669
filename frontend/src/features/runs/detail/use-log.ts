import { useEffect, useMemo, useSyncExternalStore } from "react";
import type { Live } from "@/api/live";
import { type LogState, LogWindow } from "./log-window";

export interface Log extends LogState {
  readonly earlier: () => void;
  readonly later: () => void;
}

/** The part of a run's log that is in sight, and what comes in while `live` is given. */
export function useLog(run: string, level: string, q: string, line: number | undefined, live: Live | null): Log {
  const window = useMemo(() => new LogWindow(run, { level, q, line }), [run, level, q, line]);
  // The log lies in the server and comes in over the event stream: both stand outside of React.
  useEffect(() => {
    window.open();
    const leave = live?.followLogs(run, { line: window.hear, opened: window.catchUp });
    return () => {
      leave?.();
      window.close();
    };
  }, [window, run, live]);
  return { ...useSyncExternalStore(window.subscribe, window.state), earlier: window.earlier, later: window.later };
}

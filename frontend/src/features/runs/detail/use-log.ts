import { useEffect, useState } from "react";
import type { Live } from "@/api/live";
import { fetchLogs } from "@/api/runs";
import type { LogLine } from "@/api/types";
import { fits, joined } from "./log-lines";

const AT_ONCE = 500;

export interface Log {
  readonly lines: readonly LogLine[];
  readonly moreBefore: boolean;
  readonly loading: boolean;
  readonly error: unknown;
  readonly loadEarlier: () => void;
  /** Loads the lines around one, so that it can be shown. */
  readonly loadAround: (id: number) => Promise<void>;
}

const NONE = { lines: [] as readonly LogLine[], moreBefore: false, loading: true, error: null as unknown };

/** The tail of a run's log, what came before on demand, and what comes in while the run is live. */
export function useLog(run: string, level: string, q: string, live: Live | null): Log {
  const key = JSON.stringify([run, level, q]);
  const [state, setState] = useState({ key, ...NONE });
  if (state.key !== key) setState({ key, ...NONE });

  const add = (lines: readonly LogLine[], more: Partial<typeof NONE> = {}) =>
    setState((old) => (old.key === key ? { ...old, loading: false, ...more, lines: joined(old.lines, lines) } : old));

  // The log lies in the server and comes in over the event stream: both stand outside of React.
  useEffect(() => {
    const stop = new AbortController();
    const put = (lines: readonly LogLine[], more: Partial<typeof NONE> = {}) =>
      setState((old) => (old.key === key ? { ...old, loading: false, ...more, lines: joined(old.lines, lines) } : old));
    fetchLogs(run, { level, q, limit: AT_ONCE }, stop.signal)
      .then((page) => put(page.items, { moreBefore: page.more_before }))
      .catch((error: unknown) => !stop.signal.aborted && put([], { error }));
    const leave = live?.followLogs(run, (line) => {
      if ((line.run_id ?? run) === run && fits(line, level, q)) put([line]);
    });
    return () => {
      stop.abort();
      leave?.();
    };
  }, [run, level, q, live, key]);

  const before = state.lines[0]?.id;
  return {
    lines: state.lines,
    moreBefore: state.moreBefore,
    loading: state.loading,
    error: state.error,
    loadEarlier: () => {
      if (before === undefined) return;
      fetchLogs(run, { level, q, before, limit: AT_ONCE })
        .then((page) => add(page.items, { moreBefore: page.more_before }))
        .catch((error: unknown) => add([], { error }));
    },
    loadAround: async (id) => {
      const page = await fetchLogs(run, { level, q, after: Math.max(0, id - 50), limit: AT_ONCE });
      add(page.items, { moreBefore: true });
    },
  };
}

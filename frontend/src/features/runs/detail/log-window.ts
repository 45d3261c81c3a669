import { fetchLogs } from "@/api/runs";
import type { LogLine } from "@/api/types";
import { fits, joined } from "./log-lines";

const AT_ONCE = 500;
const BEFORE_A_LINE = 100;
/** Lines that come in live are shown this often, however many they are. */
const GATHER_MS = 100;

export interface LogPlace {
  readonly level: string;
  readonly q: string;
  /** The line to show; without it, the end of the log. */
  readonly line: number | undefined;
}

export interface LogState {
  readonly lines: readonly LogLine[];
  readonly moreBefore: boolean;
  readonly moreAfter: boolean;
  readonly loading: boolean;
  readonly error: unknown;
}

/**
 * A stretch of a run's log that has no gaps: around a line or at the end, longer on demand, growing with what comes in
 * live. Lines that come in while the end is not in sight are left to `later`.
 */
export class LogWindow {
  #state: LogState = { lines: [], moreBefore: false, moreAfter: false, loading: true, error: null };
  #stop = new AbortController();
  #heard: LogLine[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly run: string,
    private readonly place: LogPlace,
  ) {}

  state = (): LogState => this.#state;

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  /** Loads the stretch; opened again after `close`, only what is new. */
  open() {
    this.#stop = new AbortController();
    if (this.#state.loading) void this.#load();
    else this.catchUp();
  }

  close() {
    this.#stop.abort();
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  hear = (line: LogLine & { run_id?: string }) => {
    if ((line.run_id ?? this.run) !== this.run || !fits(line, this.place.level, this.place.q)) return;
    this.#heard.push(line);
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      const lines = this.#heard;
      this.#heard = [];
      // Before the first page is there, these lines are no stretch yet: the page holds them, or the catching up will.
      if (!this.#state.loading && !this.#state.moreAfter) this.#put({ lines: joined(this.#state.lines, lines) });
    }, GATHER_MS);
  };

  /** Asks for what was logged since the last line at hand: the event stream was away, or had not begun. */
  catchUp = () => {
    if (!this.#state.loading && !this.#state.moreAfter) void this.#toTheEnd();
  };

  earlier = () =>
    void this.#more(async (signal) => {
      const [first] = this.#state.lines;
      if (first === undefined) return;
      const page = await this.#fetch({ before: first.id, limit: AT_ONCE }, signal);
      this.#put({ lines: joined(page.items, this.#state.lines), moreBefore: page.more_before });
    });

  later = () =>
    void this.#more(async (signal) => {
      const page = await this.#fetch({ after: this.#state.lines.at(-1)?.id ?? 0, limit: AT_ONCE }, signal);
      this.#put({ lines: joined(this.#state.lines, page.items), moreAfter: page.more_after });
    });

  #load = () =>
    this.#more(async (signal) => {
      const { line } = this.place;
      if (line === undefined) {
        const page = await this.#fetch({ limit: AT_ONCE }, signal);
        this.#put({ lines: page.items, moreBefore: page.more_before, loading: false });
        // Lines that came in meanwhile.
        await this.#toTheEnd();
        return;
      }
      const [before, after] = await Promise.all([
        this.#fetch({ before: line, limit: BEFORE_A_LINE }, signal),
        this.#fetch({ after: line - 1, limit: AT_ONCE }, signal),
      ]);
      const ends = { moreBefore: before.more_before, moreAfter: after.more_after };
      this.#put({ lines: joined(before.items, after.items), ...ends, loading: false });
    });

  #toTheEnd = () =>
    this.#more(async (signal) => {
      for (let more = true; more; ) {
        const page = await this.#fetch({ after: this.#state.lines.at(-1)?.id ?? 0, limit: AT_ONCE }, signal);
        if (page.items.length > 0) this.#put({ lines: joined(this.#state.lines, page.items) });
        more = page.more_after;
      }
    });

  #fetch(filter: { before?: number; after?: number; limit: number }, signal: AbortSignal) {
    const { level, q } = this.place;
    return fetchLogs(this.run, { level, q, ...filter }, signal);
  }

  async #more(act: (signal: AbortSignal) => Promise<void>) {
    const { signal } = this.#stop;
    try {
      await act(signal);
      if (this.#state.error !== null) this.#put({ error: null });
    } catch (error) {
      if (!signal.aborted) this.#put({ error, loading: false });
    }
  }

  #put(changes: Partial<LogState>) {
    this.#state = { ...this.#state, ...changes };
    for (const listener of this.#listeners) listener();
  }
}

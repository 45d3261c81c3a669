import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { connectorKeys } from "./connectors";
import { overviewKeys } from "./overview";
import { pipelineKeys } from "./pipelines";
import { runKeys } from "./runs";
import { sessionKey } from "./session";
import { sessionExpiry } from "./session-expiry";
import type { LogLine, Overview, Page, Progress, RunDetail, RunSummary } from "./types";

/** How often lists and figures that a run changes are asked again, at most. */
const REFRESH_MS = 2_000;
/** A line that is back within this time was never away, as far as a person is told. */
const GRACE_MS = 2_500;
/** Where the browser gives up, after a refusal: how long until this asks again, the last one from then on. */
const AGAIN_MS = [1_000, 2_000, 5_000, 10_000] as const;

export type LiveState = "connecting" | "open" | "down";

interface ProgressEvent {
  run_id: string;
  streams: Progress;
}

interface LogReader {
  line: (line: LogLine & { run_id?: string }) => void;
  /** The line is up, again or for the first time: what was logged before that has to be asked for. */
  opened: () => void;
}

/**
 * The one event stream of this tab: it writes what it hears into the query caches, so that pages only read caches.
 * Counts of a run are written at once; lists and figures are asked again, at most every REFRESH_MS. A line that falls
 * comes back by itself, and then everything in sight is asked again; one that is refused looks whether the session ended.
 */
export class Live {
  #source: EventSource | null = null;
  #state: LiveState = "connecting";
  #timer: ReturnType<typeof setTimeout> | null = null;
  #grace: ReturnType<typeof setTimeout> | null = null;
  #again: ReturnType<typeof setTimeout> | null = null;
  #refusals = 0;
  /** Events may have been missed since the line was last up. */
  #missed = false;
  readonly #stale = new Set<readonly string[]>();
  readonly #listeners = new Set<() => void>();
  #log: { run: string; reader: LogReader } | null = null;

  constructor(
    private readonly client: QueryClient,
    private readonly makeSource: (url: string) => EventSource = (url) => new EventSource(url),
  ) {}

  state = (): LiveState => this.#state;

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  start() {
    this.#hangUp();
    const query = this.#log ? `?run=${encodeURIComponent(this.#log.run)}` : "";
    const source = this.makeSource(`/api/events${query}`);
    source.onopen = () => this.#opened();
    source.onerror = () => this.#fell(source);
    const on = <T>(type: string, act: (data: T) => void) =>
      source.addEventListener(type, (event) => act(JSON.parse((event as MessageEvent<string>).data) as T));
    on<RunSummary>("run", (run) => this.#run(run));
    on<ProgressEvent>("progress", (event) => this.#progress(event));
    on("tick", () => this.#refresh(["schedules"], overviewKeys.all));
    on<LogLine>("log", (line) => this.#log?.reader.line(line));
    on("reset", () => void this.client.invalidateQueries());
    this.#source = source;
  }

  stop() {
    this.#hangUp();
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Log lines of one run come along on the same connection until the returned function is called. */
  followLogs(run: string, reader: LogReader): () => void {
    this.#log = { run, reader };
    this.#startAnew();
    return () => {
      if (this.#log?.reader !== reader) return;
      this.#log = null;
      if (this.#source) this.#startAnew();
    };
  }

  /** Another connection begins now, not where the one before ended. */
  #startAnew() {
    if (this.#state === "open") this.#refresh(runKeys.all, overviewKeys.all);
    this.start();
  }

  #hangUp() {
    this.#source?.close();
    this.#source = null;
    for (const timer of [this.#grace, this.#again]) if (timer) clearTimeout(timer);
    this.#grace = this.#again = null;
  }

  #opened() {
    if (this.#grace) clearTimeout(this.#grace);
    this.#grace = null;
    this.#refusals = 0;
    // What happened while the line was down is in the server; asking again is simpler than being told.
    if (this.#missed) void this.client.invalidateQueries();
    this.#missed = false;
    this.#move("open");
    this.#log?.reader.opened();
  }

  #fell(source: EventSource) {
    this.#missed = true;
    if (source.readyState !== EventSource.CLOSED) {
      // The browser tries again by itself, every second.
      if (this.#state === "open") this.#move("connecting");
      this.#grace ??= setTimeout(() => this.#move("down"), GRACE_MS);
      return;
    }
    this.#hangUp();
    this.#move("down");
    void this.client.invalidateQueries({ queryKey: sessionKey });
    const wait = AGAIN_MS[Math.min(this.#refusals, AGAIN_MS.length - 1)];
    this.#refusals += 1;
    // Who has to sign in first is not asked for every ten seconds: signing in starts the line.
    this.#again = setTimeout(() => !sessionExpiry.get() && this.start(), wait);
  }

  #move(state: LiveState) {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  #run(run: RunSummary) {
    const was = this.client.getQueryData<RunDetail>(runKeys.detail(run.id))?.status;
    this.client.setQueryData<RunDetail>(runKeys.detail(run.id), (old) => (old ? { ...old, ...run } : old));
    this.client.setQueriesData<InfiniteData<Page<RunSummary>>>({ queryKey: runKeys.lists }, (old) => withRun(old, run));
    // The report, the attempts and the checks come with the end: they are not in the event, and somebody waits for them.
    if (was && was !== run.status) void this.client.invalidateQueries({ queryKey: runKeys.detail(run.id) });
    this.#refresh(runKeys.lists, overviewKeys.all, pipelineKeys.all);
    if (run.finished_at) this.#refresh(["runs", "timeline", run.id], ["quarantine"], connectorKeys.all);
  }

  #progress({ run_id, streams }: ProgressEvent) {
    const merge = (old: Progress | null | undefined): Progress => ({ ...old, ...streams });
    this.client.setQueryData<Progress>(runKeys.progress(run_id), merge);
    this.client.setQueryData<RunDetail>(runKeys.detail(run_id), (old) =>
      old ? { ...old, progress: merge(old.progress) } : old,
    );
    this.client.setQueriesData<Overview>({ queryKey: overviewKeys.all }, (old) => withProgress(old, run_id, streams));
  }

  #refresh(...keys: (readonly string[])[]) {
    for (const key of keys) this.#stale.add(key);
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      const keys = [...this.#stale];
      this.#stale.clear();
      for (const queryKey of keys) void this.client.invalidateQueries({ queryKey });
    }, REFRESH_MS);
  }
}

function withRun(old: InfiniteData<Page<RunSummary>> | undefined, run: RunSummary) {
  if (!old) return old;
  const pages = old.pages.map((page) => ({
    ...page,
    items: page.items.map((item) => (item.id === run.id ? { ...item, ...run } : item)),
  }));
  return { ...old, pages };
}

function withProgress(old: Overview | undefined, id: string, streams: Progress): Overview | undefined {
  if (!old) return old;
  const sum = (pick: (one: Progress[string]) => number) =>
    Object.values(streams).reduce((total, one) => total + pick(one), 0);
  const running = old.running.map((run) =>
    run.id === id && run.rows
      ? {
          ...run,
          rows: {
            ...run.rows,
            read: Math.max(
              run.rows.read,
              sum((one) => one.read),
            ),
          },
        }
      : run,
  );
  return { ...old, running };
}

import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { connectorKeys } from "./connectors";
import { overviewKeys } from "./overview";
import { pipelineKeys } from "./pipelines";
import { runKeys } from "./runs";
import type { LogLine, Overview, Page, Progress, RunDetail, RunSummary } from "./types";

/** How often lists and figures that a run changes are asked again, at most. */
const REFRESH_MS = 2_000;

export type LiveState = "connecting" | "open" | "down";

interface ProgressEvent {
  run_id: string;
  streams: Progress;
}

type LogListener = (line: LogLine & { run_id?: string }) => void;

/**
 * The one event stream of this tab: it writes what it hears into the query caches, so that pages only read caches.
 * Counts of a run are written at once; lists and figures are asked again, at most every REFRESH_MS.
 */
export class Live {
  #source: EventSource | null = null;
  #state: LiveState = "connecting";
  #timer: ReturnType<typeof setTimeout> | null = null;
  readonly #stale = new Set<readonly string[]>();
  readonly #listeners = new Set<() => void>();
  #log: { run: string; listener: LogListener } | null = null;

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
    this.stop();
    const query = this.#log ? `?run=${encodeURIComponent(this.#log.run)}` : "";
    const source = this.makeSource(`/api/events${query}`);
    source.onopen = () => {
      // What happened while the line was down is in the server; asking again is simpler than being told.
      if (this.#state === "down") void this.client.invalidateQueries();
      this.#move("open");
    };
    source.onerror = () => this.#move(source.readyState === EventSource.CLOSED ? "down" : "connecting");
    const on = <T>(type: string, act: (data: T) => void) =>
      source.addEventListener(type, (event) => act(JSON.parse((event as MessageEvent<string>).data) as T));
    on<RunSummary>("run", (run) => this.#run(run));
    on<ProgressEvent>("progress", (event) => this.#progress(event));
    on("tick", () => this.#refresh(["schedules"], overviewKeys.all));
    on<LogLine>("log", (line) => this.#log?.listener(line));
    this.#source = source;
  }

  stop() {
    this.#source?.close();
    this.#source = null;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Log lines of one run come along on the same connection until the returned function is called. */
  followLogs(run: string, listener: LogListener): () => void {
    this.#log = { run, listener };
    this.start();
    return () => {
      if (this.#log?.listener !== listener) return;
      this.#log = null;
      if (this.#source) this.start();
    };
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
    // The report, the attempts and the checks come with the end: they are not in the event.
    if (was && was !== run.status) this.#refresh(runKeys.detail(run.id));
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

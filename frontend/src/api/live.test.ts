import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Live } from "./live";
import { runKeys } from "./runs";
import { sessionExpiry } from "./session-expiry";
import type { RunSummary } from "./types";

/** The browser's EventSource, spoken to by hand: jsdom has none. */
class Line extends EventTarget {
  static last: Line;
  readyState = 1;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  closed = false;
  constructor(readonly url: string) {
    super();
    Line.last = this;
  }
  close() {
    this.closed = true;
  }
  say(type: string, data: unknown) {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) }));
  }
}

const run: RunSummary = {
  id: "r1",
  pipeline: { id: "p1", name: "orders" },
  version: 1,
  status: "running",
  trigger: "manual",
  attempt: 1,
  requested_by: "ann",
  schedule: null,
  created_at: "2026-11-28T10:00:00Z",
  started_at: "2026-11-28T10:00:01Z",
  finished_at: null,
  took_s: null,
  rows: { read: 0, filtered: 0, rejected: 0, deduplicated: 0, written: 0 },
  bytes: null,
  error: null,
  retry_of: null,
};

describe("the event stream of a tab", () => {
  let client: QueryClient;
  let live: Live;
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("EventSource", { CLOSED: 2 });
    client = new QueryClient();
    live = new Live(client, (url) => new Line(url) as unknown as EventSource);
    live.start();
  });
  afterEach(() => {
    live.stop();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("changes a run in the lists that hold it", () => {
    client.setQueryData(runKeys.list({}), { pages: [{ items: [run], next: null }], pageParams: [""] });
    Line.last.say("run", { ...run, status: "succeeded" });
    expect(client.getQueryData(runKeys.list({}))).toMatchObject({ pages: [{ items: [{ status: "succeeded" }] }] });
  });

  it("keeps what a run's page knows beyond the summary", () => {
    client.setQueryData(runKeys.detail("r1"), { ...run, parameters: { full_refresh: true } });
    Line.last.say("run", { ...run, status: "failed" });
    expect(client.getQueryData(runKeys.detail("r1"))).toMatchObject({
      status: "failed",
      parameters: { full_refresh: true },
    });
  });

  it("adds the counts of one stream to those of the others", () => {
    const counts = { filtered: 0, rejected: 0, deduplicated: 0, passed: 0, row_estimate: null, rows_per_s: null };
    Line.last.say("progress", { run_id: "r1", streams: { orders: { ...counts, read: 10 } } });
    Line.last.say("progress", { run_id: "r1", streams: { customers: { ...counts, read: 5 } } });
    expect(client.getQueryData(runKeys.progress("r1"))).toMatchObject({ orders: { read: 10 }, customers: { read: 5 } });
  });

  it("asks for the lists again once, however many events come at a time", () => {
    const asked = vi.spyOn(client, "invalidateQueries");
    for (let count = 0; count < 50; count += 1) Line.last.say("run", run);
    vi.advanceTimersByTime(2_500);
    const lists = asked.mock.calls.filter(([filter]) => JSON.stringify(filter?.queryKey) === '["runs","list"]');
    expect(lists).toHaveLength(1);
  });

  it("asks for everything again when a line that fell comes back, and says so only if it stays away", () => {
    const asked = vi.spyOn(client, "invalidateQueries");
    Line.last.onopen?.();
    expect(asked).not.toHaveBeenCalled();
    Line.last.readyState = 0;
    Line.last.onerror?.();
    expect(live.state()).toBe("connecting");
    vi.advanceTimersByTime(3_000);
    expect(live.state()).toBe("down");
    Line.last.readyState = 1;
    Line.last.onopen?.();
    expect(live.state()).toBe("open");
    expect(asked).toHaveBeenCalledWith();
  });

  it("comes back by itself after a refusal, when the browser does not, and looks whether the session ended", () => {
    const asked = vi.spyOn(client, "invalidateQueries");
    const refused = Line.last;
    refused.readyState = 2;
    refused.onerror?.();
    expect(live.state()).toBe("down");
    expect(asked).toHaveBeenCalledWith({ queryKey: ["session"] });
    vi.advanceTimersByTime(1_100);
    expect(Line.last).not.toBe(refused);
    expect(refused.closed).toBe(true);
  });

  it("does not knock while somebody has to sign in first", () => {
    const refused = Line.last;
    refused.readyState = 2;
    refused.onerror?.();
    sessionExpiry.set(true);
    vi.advanceTimersByTime(60_000);
    expect(Line.last).toBe(refused);
    sessionExpiry.set(false);
    live.start();
    expect(Line.last).not.toBe(refused);
  });

  it("asks for everything again when the server says that too much was missed", () => {
    const asked = vi.spyOn(client, "invalidateQueries");
    Line.last.say("reset", {});
    expect(asked).toHaveBeenCalledWith();
  });

  it("carries the log of one run on the same connection, and no longer than asked", () => {
    const first = Line.last;
    const seen: string[] = [];
    const leave = live.followLogs("r1", { line: (line) => seen.push(line.message), opened: () => undefined });
    expect(first.closed).toBe(true);
    expect(Line.last.url).toBe("/api/events?run=r1");
    Line.last.say("log", { id: 1, message: "read 10 rows" });
    expect(seen).toEqual(["read 10 rows"]);
    leave();
    expect(Line.last.url).toBe("/api/events");
  });
});

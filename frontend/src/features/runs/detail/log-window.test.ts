import { HttpResponse, http } from "msw";
import { expect, it, vi } from "vitest";
import { logLine, logPage } from "@/testing/run-answers";
import { server } from "@/testing/server";
import { LogWindow } from "./log-window";

const LOG = "http://localhost:3000/api/runs/r1/logs";

/** A server whose log has so many lines now; a test lets it grow. */
function logOf(last: number) {
  const log = { last, asked: 0 };
  server.use(
    http.get(LOG, ({ request }) => {
      log.asked += 1;
      return HttpResponse.json(logPage(log.last, new URL(request.url).searchParams));
    }),
  );
  return log;
}

const opened = (line?: number) => {
  const window = new LogWindow("r1", { level: "info", q: "", line });
  window.open();
  return window;
};
const ids = (window: LogWindow) => window.state().lines.map((line) => line.id);
const count = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

it("begins with the end of the log, and goes back on demand", async () => {
  logOf(1_200);
  const window = opened();
  await vi.waitFor(() => expect(window.state().loading).toBe(false));
  expect(ids(window)).toEqual(count(701, 1_200));
  window.earlier();
  await vi.waitFor(() => expect(ids(window)).toEqual(count(201, 1_200)));
  expect(window.state().moreBefore).toBe(true);
});

it("shows a line deep in the log without a gap, and leaves live lines out until the end is in sight", async () => {
  logOf(2_000);
  const window = opened(800);
  await vi.waitFor(() => expect(window.state().loading).toBe(false));
  expect(ids(window)).toEqual(count(700, 1_299));
  window.hear(logLine(2_001));
  await new Promise((done) => setTimeout(done, 150));
  expect(ids(window).at(-1)).toBe(1_299);
  window.later();
  await vi.waitFor(() => expect(ids(window)).toEqual(count(700, 1_799)));
});

it("fetches what was logged while the event stream was away, and doubles nothing", async () => {
  const log = logOf(10);
  const window = opened();
  await vi.waitFor(() => expect(ids(window)).toEqual(count(1, 10)));
  log.last = 1_500;
  window.catchUp();
  window.hear(logLine(1_500));
  window.hear(logLine(1_500));
  await vi.waitFor(() => expect(ids(window)).toEqual(count(1, 1_500)));
});

it("shows many live lines at once, and only those that fit what is asked for", async () => {
  logOf(0);
  const window = new LogWindow("r1", { level: "warning", q: "disk", line: undefined });
  window.open();
  await vi.waitFor(() => expect(window.state().loading).toBe(false));
  const told = vi.fn();
  window.subscribe(told);
  for (const id of count(1, 200)) window.hear(logLine(id, { level: "error", message: `disk ${id} is full` }));
  window.hear(logLine(201, { level: "info", message: "disk 1 is read" }));
  window.hear({ ...logLine(202, { level: "error", message: "disk 2 is full" }), run_id: "another" });
  await vi.waitFor(() => expect(ids(window)).toEqual(count(1, 200)));
  expect(told).toHaveBeenCalledTimes(1);
});

it("keeps the lines it has when more cannot be fetched", async () => {
  logOf(600);
  const window = opened();
  await vi.waitFor(() => expect(window.state().loading).toBe(false));
  server.use(http.get(LOG, () => HttpResponse.error()));
  window.earlier();
  await vi.waitFor(() => expect(window.state().error).not.toBeNull());
  expect(ids(window)).toHaveLength(500);
});

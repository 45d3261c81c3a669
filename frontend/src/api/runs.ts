import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { get, part, post } from "./client";
import type {
  BulkOutcome,
  LogPage,
  Page,
  Progress,
  RunDetail,
  RunStatus,
  RunSummary,
  TimelineStep,
  Trigger,
} from "./types";

export interface RunFilter {
  pipeline?: string;
  status?: RunStatus[];
  trigger?: Trigger[];
  since?: string;
  until?: string;
  schedule?: string;
  q?: string;
}

export const runKeys = {
  all: ["runs"] as const,
  lists: ["runs", "list"] as const,
  list: (filter: RunFilter) => ["runs", "list", filter] as const,
  detail: (id: string) => ["runs", "detail", id] as const,
  progress: (id: string) => ["runs", "progress", id] as const,
};

const LIVE: readonly RunStatus[] = ["queued", "running", "retrying", "cancelling"];
export const isLive = (run: { status: RunStatus }) => LIVE.includes(run.status);

export const runsQuery = (filter: RunFilter = {}) =>
  infiniteQueryOptions({
    queryKey: runKeys.list(filter),
    queryFn: ({ pageParam, signal }) =>
      get<Page<RunSummary>>("/runs", { query: { ...filter, after: pageParam, limit: 100 }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
  });

export const runQuery = (id: string) =>
  queryOptions({
    queryKey: runKeys.detail(id),
    queryFn: ({ signal }) => get<RunDetail>(`/runs/${part(id)}`, { signal }),
  });

/** The latest counts of a live run; the event stream fills it, nothing fetches it. */
export const progressQuery = (id: string) =>
  queryOptions({
    queryKey: runKeys.progress(id),
    queryFn: async ({ signal }): Promise<Progress> =>
      (await get<RunDetail>(`/runs/${part(id)}`, { signal })).progress ?? {},
    staleTime: Number.POSITIVE_INFINITY,
  });

export const cancelRun = (id: string) => post<RunSummary>(`/runs/${part(id)}/cancel`);
export const retryRun = (id: string) => post<RunSummary>(`/runs/${part(id)}/retry`);
export const cancelRuns = (ids: readonly string[]) => post<BulkOutcome>("/runs/cancel", { body: { ids } });
export const retryRuns = (ids: readonly string[]) => post<BulkOutcome>("/runs/retry", { body: { ids } });

export interface LogFilter {
  level?: string;
  q?: string;
  before?: number;
  after?: number;
  limit?: number;
}

export const fetchLogs = (id: string, filter: LogFilter, signal?: AbortSignal) =>
  get<LogPage>(`/runs/${part(id)}/logs`, { query: { ...filter }, ...(signal ? { signal } : {}) });
export const firstError = (id: string) => get<{ id: number | null }>(`/runs/${part(id)}/logs/first-error`);
export const logsAddress = (id: string) => `/api/runs/${part(id)}/logs.txt`;

export const timelineQuery = (id: string) =>
  queryOptions({
    queryKey: ["runs", "timeline", id] as const,
    queryFn: async ({ signal }) =>
      (await get<{ items: TimelineStep[] }>(`/runs/${part(id)}/timeline`, { signal })).items,
  });

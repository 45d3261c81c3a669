import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { get, part, post, put } from "./client";
import { pipelineKeys } from "./pipelines";
import type { Finding } from "./problem";
import type { Cell, Config, Page, RejectedRows, RunDetail, TableData } from "./types";

export interface Validation {
  valid: boolean;
  problems: Finding[];
}

export interface PlanColumn {
  name: string;
  type: string;
  nullable: boolean;
}

/** One load as the engine explains it: what a run would do with one stream for one destination. */
export interface PlannedLoad {
  stream: string;
  source: string;
  mode: "full" | "incremental";
  cursor: string | null;
  destination: string;
  table: string;
  write: string;
  key: string[];
  evolution: string;
  verify: string;
  delivery: { level: string; because: string };
  partitions: number;
  columns: string[];
  columns_not_read: string[];
  predicates: string[];
  pushed: string[];
  schema: { read: PlanColumn[]; steps: { number: number; name: string; columns: PlanColumn[] }[] };
  sql: string[];
  notes: string[];
}

export interface PreviewedStream {
  stream: string;
  after: string;
  table: TableData;
  rejected: RejectedRows;
}

export interface StreamState {
  stream: string;
  destination: string;
  table: string;
  /** Null: the next run reads from the beginning. */
  checkpoint: { [key: string]: Cell } | null;
  committed_at: string | null;
}

export interface PipelineVersion {
  number: number;
  author: string | null;
  created_at: string;
  message: string | null;
  current: boolean;
}

export const validatePipeline = (name: string, document: Config, signal?: AbortSignal) =>
  post<Validation>("/pipelines/validate", { body: { name, document }, ...(signal ? { signal } : {}) });

export const planPipeline = (document: Config, signal?: AbortSignal) =>
  post<{ loads: PlannedLoad[] }>("/pipelines/plan", { body: { document }, ...(signal ? { signal } : {}) });

/** The first rows after a step, with the rows rejected on the way; `after` 0 is the read, undefined the end of the chain. */
export const previewPipeline = (
  request: { document: Config; stream?: string; after?: number; limit?: number },
  signal?: AbortSignal,
) => post<{ streams: PreviewedStream[] }>("/pipelines/preview", { body: request, ...(signal ? { signal } : {}) });

export const stateQuery = (ref: string) =>
  queryOptions({
    queryKey: [...pipelineKeys.detail(ref), "state"] as const,
    queryFn: async ({ signal }) =>
      (await get<{ streams: StreamState[] }>(`/pipelines/${part(ref)}/state`, { signal })).streams,
  });

export const setState = (ref: string, stream: string, checkpoint: StreamState["checkpoint"]) =>
  put<{ streams: StreamState[] }>(`/pipelines/${part(ref)}/state`, { body: { stream, checkpoint } });

/** Forgets where the stream stands and reads it anew. */
export const resyncStream = (ref: string, stream: string) =>
  post<RunDetail>(`/pipelines/${part(ref)}/streams/${part(stream)}/resync`);

export const versionsQuery = (ref: string) =>
  infiniteQueryOptions({
    queryKey: [...pipelineKeys.detail(ref), "versions"] as const,
    queryFn: ({ pageParam, signal }) =>
      get<Page<PipelineVersion>>(`/pipelines/${part(ref)}/versions`, { query: { after: pageParam }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
  });

export const versionQuery = (ref: string, number: number) =>
  queryOptions({
    queryKey: [...pipelineKeys.detail(ref), "versions", number] as const,
    queryFn: ({ signal }) =>
      get<PipelineVersion & { document: Config }>(`/pipelines/${part(ref)}/versions/${number}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const versionDiffQuery = (ref: string, number: number, to: number) =>
  queryOptions({
    queryKey: [...pipelineKeys.detail(ref), "versions", number, "diff", to] as const,
    queryFn: async ({ signal }) =>
      (await get<{ text: string }>(`/pipelines/${part(ref)}/versions/${number}/diff`, { query: { to }, signal })).text,
    staleTime: Number.POSITIVE_INFINITY,
  });

export const rollback = (ref: string, number: number) => post(`/pipelines/${part(ref)}/versions/${number}/rollback`);

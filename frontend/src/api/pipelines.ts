import { queryOptions } from "@tanstack/react-query";
import { get, part, post, put, remove } from "./client";
import type { Page, Pipeline, PipelineDetail, PipelineInput, RunDetail } from "./types";

export const pipelineKeys = {
  all: ["pipelines"] as const,
  list: (filter: object) => ["pipelines", "list", filter] as const,
  detail: (ref: string) => ["pipelines", "detail", ref] as const,
};

export const pipelinesQuery = (filter: { q?: string } = {}) =>
  queryOptions({
    queryKey: pipelineKeys.list(filter),
    queryFn: async ({ signal }) =>
      (await get<Page<Pipeline>>("/pipelines", { query: { ...filter, limit: 500 }, signal })).items,
  });

export const pipelineQuery = (ref: string) =>
  queryOptions({
    queryKey: pipelineKeys.detail(ref),
    queryFn: ({ signal }) => get<PipelineDetail>(`/pipelines/${part(ref)}`, { signal }),
  });

export const createPipeline = (input: PipelineInput) => post<PipelineDetail>("/pipelines", { body: input });
export const updatePipeline = (id: string, input: PipelineInput, revision: number) =>
  put<PipelineDetail>(`/pipelines/${part(id)}`, { body: input, revision });
export const deletePipeline = (id: string) => remove(`/pipelines/${part(id)}`);

export const runPipeline = (ref: string, request: { streams?: string[]; full_refresh?: boolean } = {}, key?: string) =>
  post<RunDetail>(`/pipelines/${part(ref)}/run`, { body: request, ...(key ? { key } : {}) });

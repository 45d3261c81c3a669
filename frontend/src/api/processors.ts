import { queryOptions } from "@tanstack/react-query";
import { get, part, post, put, remove } from "./client";
import type { ComponentInput, Config, Page, Processor, TryResult } from "./types";

export const processorKeys = {
  all: ["processors"] as const,
  list: (filter: object) => ["processors", "list", filter] as const,
  detail: (ref: string) => ["processors", "detail", ref] as const,
};

export const processorsQuery = (filter: { q?: string; type?: string } = {}) =>
  queryOptions({
    queryKey: processorKeys.list(filter),
    queryFn: async ({ signal }) =>
      (await get<Page<Processor>>("/processors", { query: { ...filter, limit: 500 }, signal })).items,
  });

export const processorQuery = (ref: string) =>
  queryOptions({
    queryKey: processorKeys.detail(ref),
    queryFn: ({ signal }) => get<Processor>(`/processors/${part(ref)}`, { signal }),
  });

export const createProcessor = (input: ComponentInput) => post<Processor>("/processors", { body: input });
export const updateProcessor = (id: string, input: ComponentInput, revision: number) =>
  put<Processor>(`/processors/${part(id)}`, { body: input, revision });
export const deleteProcessor = (id: string) => remove(`/processors/${part(id)}`);

/** Runs one processor over the first rows of a real stream; nothing is written. */
export const tryProcessor = (request: {
  type: string;
  config: Config;
  /** The saved one whose secrets stand in for omitted ones. */
  processor?: string;
  connector: string;
  stream: string;
  limit?: number;
}) => post<TryResult>("/processors/try", { body: { limit: 50, ...request } });

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { get, part, post, put, remove } from "./client";
import type { CheckResult, ComponentInput, Config, Connector, Page, Profile, StreamPage, TableData } from "./types";

export const connectorKeys = {
  all: ["connectors"] as const,
  list: (filter: object) => ["connectors", "list", filter] as const,
  detail: (ref: string) => ["connectors", "detail", ref] as const,
  streams: (ref: string, q: string) => ["connectors", "streams", ref, q] as const,
};

export const connectorsQuery = (filter: { q?: string; type?: string } = {}) =>
  queryOptions({
    queryKey: connectorKeys.list(filter),
    queryFn: async ({ signal }) =>
      (await get<Page<Connector>>("/connectors", { query: { ...filter, limit: 500 }, signal })).items,
  });

export const connectorQuery = (ref: string) =>
  queryOptions({
    queryKey: connectorKeys.detail(ref),
    queryFn: ({ signal }) => get<Connector>(`/connectors/${part(ref)}`, { signal }),
  });

export const createConnector = (input: ComponentInput) => post<Connector>("/connectors", { body: input });
export const updateConnector = (id: string, input: ComponentInput, revision: number) =>
  put<Connector>(`/connectors/${part(id)}`, { body: input, revision });
export const deleteConnector = (id: string) => remove(`/connectors/${part(id)}`);

/** Tests a configuration that is not saved; `connector` names the saved one whose secrets stand in for omitted ones. */
export const checkConfig = (type: string, config: Config, connector?: string) =>
  post<CheckResult>("/connectors/check", { body: { type, config, connector: connector ?? null } });
export const checkConnector = (ref: string) => post<CheckResult>(`/connectors/${part(ref)}/check`);

const STREAMS_AT_ONCE = 500;

/** The streams of a connector whose name holds `q`, page by page. */
export const streamsQuery = (ref: string, q = "") =>
  infiniteQueryOptions({
    queryKey: connectorKeys.streams(ref, q),
    queryFn: ({ pageParam, signal }) =>
      get<StreamPage>(`/connectors/${part(ref)}/streams`, {
        query: { q, after: pageParam, limit: STREAMS_AT_ONCE },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
    staleTime: 60_000,
  });

/** Asks the system itself again, past the server's cache. */
export const refreshStreams = (ref: string) =>
  get<StreamPage>(`/connectors/${part(ref)}/streams`, { query: { refresh: true, limit: 1 } });

export const streamPreviewQuery = (ref: string, stream: string, limit = 50) =>
  queryOptions({
    queryKey: ["connectors", "preview", ref, stream, limit] as const,
    queryFn: ({ signal }) =>
      get<TableData>(`/connectors/${part(ref)}/streams/${part(stream)}/preview`, { query: { limit }, signal }),
    staleTime: 60_000,
  });

export const streamProfileQuery = (ref: string, stream: string) =>
  queryOptions({
    queryKey: ["connectors", "profile", ref, stream] as const,
    queryFn: ({ signal }) => get<Profile>(`/connectors/${part(ref)}/streams/${part(stream)}/profile`, { signal }),
    staleTime: 300_000,
  });

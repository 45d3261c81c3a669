import { queryOptions } from "@tanstack/react-query";
import { get, part } from "./client";
import type { ConnectorType, ConnectorTypeDetail, Page, ProcessorType, ProcessorTypeDetail } from "./types";

const FOREVER = { staleTime: Number.POSITIVE_INFINITY };

/** Types come from installed packages: they change when the server restarts, and not before. */
export const connectorTypesQuery = () =>
  queryOptions({
    queryKey: ["connector-types"] as const,
    queryFn: async ({ signal }) => (await get<Page<ConnectorType>>("/connector-types", { signal })).items,
    ...FOREVER,
  });

export const connectorTypeQuery = (type: string) =>
  queryOptions({
    queryKey: ["connector-types", type] as const,
    queryFn: ({ signal }) => get<ConnectorTypeDetail>(`/connector-types/${part(type)}`, { signal }),
    ...FOREVER,
  });

export const processorTypesQuery = () =>
  queryOptions({
    queryKey: ["processor-types"] as const,
    queryFn: async ({ signal }) => (await get<Page<ProcessorType>>("/processor-types", { signal })).items,
    ...FOREVER,
  });

export const processorTypeQuery = (type: string) =>
  queryOptions({
    queryKey: ["processor-types", type] as const,
    queryFn: ({ signal }) => get<ProcessorTypeDetail>(`/processor-types/${part(type)}`, { signal }),
    ...FOREVER,
  });

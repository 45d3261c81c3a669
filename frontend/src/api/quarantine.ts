import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { address, get, part, patch, post } from "./client";
import type { Cell, Page, QuarantineFile, QuarantineRow, RowStatus, RunDetail } from "./types";

export interface QuarantineFilter {
  pipeline?: string;
  run?: string;
  open?: boolean;
}

export interface RowFilter {
  rule?: string;
  status?: RowStatus;
}

export interface RowPage extends Page<QuarantineRow> {
  /** Those that any of the rows has. */
  columns: string[];
}

export const quarantineKeys = {
  all: ["quarantine"] as const,
  list: (filter: QuarantineFilter) => ["quarantine", "list", filter] as const,
  rows: (id: string, filter: RowFilter) => ["quarantine", "rows", id, filter] as const,
};

export const quarantineQuery = (filter: QuarantineFilter = {}) =>
  infiniteQueryOptions({
    queryKey: quarantineKeys.list(filter),
    queryFn: ({ pageParam, signal }) =>
      get<Page<QuarantineFile>>("/quarantine", { query: { ...filter, after: pageParam, limit: 100 }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
  });

export const quarantineFileQuery = (id: string) =>
  queryOptions({
    queryKey: ["quarantine", "file", id] as const,
    queryFn: ({ signal }) => get<QuarantineFile>(`/quarantine/${part(id)}`, { signal }),
  });

/** All files of one run: few, since there is one per stream. */
export const quarantineOfRunQuery = (run: string) =>
  queryOptions({
    queryKey: ["quarantine", "run", run] as const,
    queryFn: async ({ signal }) =>
      (await get<Page<QuarantineFile>>("/quarantine", { query: { run, limit: 500 }, signal })).items,
  });

export const rowsQuery = (id: string, filter: RowFilter) =>
  infiniteQueryOptions({
    queryKey: quarantineKeys.rows(id, filter),
    queryFn: ({ pageParam, signal }) =>
      get<RowPage>(`/quarantine/${part(id)}/rows`, { query: { ...filter, after: pageParam, limit: 200 }, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
  });

export const editRows = (id: string, edits: readonly { row: number; record: Record<string, Cell> }[]) =>
  patch(`/quarantine/${part(id)}/rows`, { body: { edits } });

/** Sends rows through the pipeline again; without a list, all that are open. */
export const replayRows = (id: string, rows: readonly number[] | null) =>
  post<RunDetail>(`/quarantine/${part(id)}/replay`, { body: rows === null ? {} : { rows } });

export const dismissRows = (id: string, rows: readonly number[], note: string) =>
  post(`/quarantine/${part(id)}/dismiss`, { body: { rows, note } });

export const exportAddress = (id: string, format: "csv" | "jsonl") =>
  address(`/quarantine/${part(id)}/export`, { format });

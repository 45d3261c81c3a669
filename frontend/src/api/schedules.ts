import { queryOptions } from "@tanstack/react-query";
import { get, part, post, put, remove } from "./client";
import type { Config, Page, Schedule, Tick } from "./types";

export const scheduleKeys = {
  all: ["schedules"] as const,
  list: (filter: object) => ["schedules", "list", filter] as const,
  detail: (ref: string) => ["schedules", "detail", ref] as const,
};

export interface ScheduleInput {
  name: string;
  document: Config;
}

export const schedulesQuery = (filter: { q?: string; pipeline?: string } = {}) =>
  queryOptions({
    queryKey: scheduleKeys.list(filter),
    queryFn: async ({ signal }) =>
      (await get<Page<Schedule>>("/schedules", { query: { ...filter, limit: 500 }, signal })).items,
  });

export const scheduleQuery = (ref: string) =>
  queryOptions({
    queryKey: scheduleKeys.detail(ref),
    queryFn: ({ signal }) => get<Schedule>(`/schedules/${part(ref)}`, { signal }),
  });

const MOST_TICKS = 5_000;

/** Ticks of a span of time, past and to come; times are ISO 8601. */
export const ticksQuery = (ref: string, from: string, to: string) =>
  queryOptions({
    queryKey: [...scheduleKeys.detail(ref), "ticks", from, to] as const,
    queryFn: async ({ signal }) => {
      const ticks: Tick[] = [];
      let after: string | null = "";
      // A month of a schedule that fires every minute has 43,200 ticks: the calendar shows as many as it can.
      while (after !== null && ticks.length < MOST_TICKS) {
        const page: Page<Tick> = await get(`/schedules/${part(ref)}/ticks`, {
          query: { from, to, after, limit: 500 },
          signal,
        });
        ticks.push(...page.items);
        after = page.next;
      }
      return ticks;
    },
  });

/** What a schedule says in plain words, and when it fires next. */
export const schedulePreviewQuery = (document: Config) =>
  queryOptions({
    queryKey: ["schedules", "preview", document] as const,
    queryFn: ({ signal }) =>
      post<{ explanation: string; next: string[] }>("/schedules/preview", { body: { document }, signal }),
    staleTime: 60_000,
    retry: false,
  });

export const createSchedule = (input: ScheduleInput) => post<Schedule>("/schedules", { body: input });
export const updateSchedule = (id: string, input: ScheduleInput, revision: number) =>
  put<Schedule>(`/schedules/${part(id)}`, { body: input, revision });
export const deleteSchedule = (id: string) => remove(`/schedules/${part(id)}`);
export const pauseSchedule = (id: string, paused: boolean) =>
  paused ? post<Schedule>(`/schedules/${part(id)}/pause`) : post<Schedule>(`/schedules/${part(id)}/resume`);

export interface Backfill {
  ticks: (string | Tick)[];
  runs: string[];
}

export const backfill = (id: string, request: { from: string; to: string; dry_run: boolean }) =>
  post<Backfill>(`/schedules/${part(id)}/backfill`, { body: request });

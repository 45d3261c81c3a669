import { queryOptions } from "@tanstack/react-query";
import { get } from "./client";
import type { Overview } from "./types";

export const overviewKeys = { all: ["overview"] as const, of: (days: number) => ["overview", days] as const };

export const overviewQuery = (days: number) =>
  queryOptions({
    queryKey: overviewKeys.of(days),
    queryFn: ({ signal }) => get<Overview>("/overview", { query: { days }, signal }),
    refetchInterval: 60_000,
  });

import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { Problem } from "./problem";
import { sessionExpiry } from "./session-expiry";

const RETRIES = 3;

/** A 401 means that the session ended, except where somebody just tries to sign in: `meta.expected401`. */
function noticeExpiry(error: Error, meta: Record<string, unknown> | undefined) {
  if (error instanceof Problem && error.status === 401 && !meta?.expected401) sessionExpiry.set(true);
}

/** What the server refused will be refused again; what did not reach it, or found it busy, may work. */
const mayRetry = (count: number, error: Error) =>
  count < RETRIES && (!(error instanceof Problem) || error.status === 0 || error.status === 429 || error.status >= 502);

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: (error, query) => noticeExpiry(error, query.meta) }),
    mutationCache: new MutationCache({
      onError: (error, _variables, _onMutate, mutation) => noticeExpiry(error, mutation.meta),
    }),
    defaultOptions: {
      queries: { staleTime: 15_000, retry: mayRetry, refetchOnWindowFocus: true, networkMode: "always" },
      mutations: { networkMode: "always" },
    },
  });
}

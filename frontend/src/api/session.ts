import { queryOptions } from "@tanstack/react-query";
import { get, post, put, remove } from "./client";
import { isProblem } from "./problem";
import { sessionExpiry } from "./session-expiry";
import type { Session } from "./types";

export const sessionKey = ["session"] as const;

/** Who is signed in; null when nobody is. */
export async function askSession(signal?: AbortSignal): Promise<Session | null> {
  try {
    return await get<Session>("/session", signal ? { signal } : {});
  } catch (error) {
    if (isProblem(error) && error.status === 401) return null;
    throw error;
  }
}

/** As above; who was signed in a moment ago stays, and is asked to sign in again over the page that is open. */
export const sessionQuery = () =>
  queryOptions({
    queryKey: sessionKey,
    queryFn: async ({ client, signal }): Promise<Session | null> => {
      const session = await askSession(signal);
      const before = client.getQueryData<Session | null>(sessionKey);
      if (session !== null || !before) return session;
      sessionExpiry.set(true);
      return before;
    },
    staleTime: 60_000,
  });

export const signInByLink = (token: string) => post<Session>("/session/link", { body: { token } });
export const signIn = (email: string, password: string) => post<Session>("/session", { body: { email, password } });
export const signOut = () => remove("/session");
export const setPassword = (next: string, current?: string) =>
  put<null>("/users/me/password", { body: { new: next, current: current ?? null } });

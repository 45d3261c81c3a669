import { queryOptions } from "@tanstack/react-query";
import { get, post, put, remove } from "./client";
import { isProblem } from "./problem";
import type { Session } from "./types";

export const sessionKey = ["session"] as const;

/** Who is signed in; null when nobody is. */
export const sessionQuery = () =>
  queryOptions({
    queryKey: sessionKey,
    queryFn: async ({ signal }): Promise<Session | null> => {
      try {
        return await get<Session>("/session", { signal });
      } catch (error) {
        if (isProblem(error) && error.status === 401) return null;
        throw error;
      }
    },
    staleTime: 60_000,
  });

export const signInByLink = (token: string) => post<Session>("/session/link", { body: { token } });
export const signIn = (email: string, password: string) => post<Session>("/session", { body: { email, password } });
export const signOut = () => remove("/session");
export const setPassword = (next: string, current?: string) =>
  put<null>("/users/me/password", { body: { new: next, current: current ?? null } });

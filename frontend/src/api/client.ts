import { Problem, problemOf, unreachable } from "./problem";

type Query = Record<string, string | number | boolean | readonly string[] | null | undefined>;

interface Request {
  query?: Query;
  body?: unknown;
  /** The revision that was read: a newer one makes the server refuse with 412. */
  revision?: string | number | null;
  /** Makes a repeated POST harmless. */
  key?: string;
  signal?: AbortSignal;
}

/** `/api` with path and query; empty values are left out, lists repeat the name. */
export function address(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === "") continue;
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one));
  }
  const text = search.toString();
  return `/api${path}${text ? `?${text}` : ""}`;
}

/** A name or id as one part of a path; names hold dots, slashes and spaces. */
export const part = (value: string): string => encodeURIComponent(value);

async function answer(
  method: string,
  path: string,
  { query, body, revision, key, signal }: Request,
): Promise<Response> {
  const headers = new Headers({ accept: "application/json" });
  if (body !== undefined) headers.set("content-type", "application/json");
  if (revision !== null && revision !== undefined) headers.set("if-match", `"${revision}"`);
  if (key) headers.set("idempotency-key", key);
  let response: Response;
  try {
    response = await fetch(address(path, query), {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      credentials: "same-origin",
      signal: signal ?? null,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw unreachable(error);
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function json<T>(method: string, path: string, request: Request): Promise<T> {
  const response = await answer(method, path, request);
  if (response.status === 204) return null as T;
  const type = response.headers.get("content-type") ?? "";
  if (!type.includes("json")) {
    throw new Problem(
      response.status,
      "client.not_json",
      `${method} /api${path}: the answer is ${type || "empty"}, not JSON`,
    );
  }
  return (await response.json()) as T;
}

export const get = <T>(path: string, request: Request = {}) => json<T>("GET", path, request);
export const post = <T>(path: string, request: Request = {}) => json<T>("POST", path, request);
export const put = <T>(path: string, request: Request = {}) => json<T>("PUT", path, request);
export const patch = <T>(path: string, request: Request = {}) => json<T>("PATCH", path, request);
export const remove = (path: string, request: Request = {}) => json<null>("DELETE", path, request);
export const text = async (path: string, request: Request = {}) => (await answer("GET", path, request)).text();

import { get, post, text } from "./client";
import type { Change } from "./types";

/** The whole configuration as a project file; secrets stand in it as references. */
export const exportProject = (signal?: AbortSignal) => text("/export", signal ? { signal } : {});

export const applyProject = (yaml: string, options: { dry_run: boolean; prune: boolean }) =>
  post<{ changes: Change[] }>("/apply", { body: { yaml, ...options } });

export const health = () => get<{ status: string }>("/healthz");

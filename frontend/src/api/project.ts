import { get, post, text } from "./client";
import type { Change } from "./types";

/** The whole configuration as a project file; secrets stand in it as references. */
export const exportProject = (signal?: AbortSignal) => text("/export", signal ? { signal } : {});

export const applyProject = (yaml: string, options: { dry_run: boolean; prune: boolean }) =>
  post<{ changes: Change[] }>("/apply", { body: { yaml, ...options } });

/** A small shop to look around in; the pipeline is called DEMO_PIPELINE. */
export const setUpDemo = () => post<{ changes: Change[] }>("/demo");
export const DEMO_PIPELINE = "demo_shop";

export const health = () => get<{ status: string }>("/healthz");

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { runQuery } from "@/api/runs";
import type { PipelineDetail } from "@/api/types";
import { type PipelineDocument, readSources } from "@/lib/pipeline-document";
import { isGlob } from "@/lib/stream-names";

const NONE: readonly string[] = [];

/** Streams of the last run, where the document only has globs for them; none before the first run, and after one of some streams only. */
export function useFlowing(pipeline: PipelineDetail, document: PipelineDocument): readonly string[] {
  const last = pipeline.last_run?.id;
  const open = readSources(document).some((source) => source.streams.some(({ name }) => isGlob(name)));
  const run = useQuery({
    ...runQuery(last ?? ""),
    enabled: open && last !== undefined,
    // Lanes stay while the next run is asked for.
    placeholderData: (before) => before,
  });
  return useMemo(() => {
    if (run.data === undefined || run.data.trigger === "replay" || run.data.parameters["streams"]) return NONE;
    const loads = (run.data.report?.["loads"] ?? []) as { stream: string }[];
    return [...new Set([...loads.map((load) => load.stream), ...Object.keys(run.data.progress ?? {})])];
  }, [run.data]);
}

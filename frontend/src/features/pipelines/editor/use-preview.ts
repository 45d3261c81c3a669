import { useQuery } from "@tanstack/react-query";
import { previewPipeline } from "@/api/pipeline-tools";
import type { PipelineDocument } from "@/lib/pipeline-document";

/** More than are shown: rows that stay may come from behind those that a step drops, and are held against them. */
export const ROWS = 150;

/** The first rows of a stream after the step of this number; 0 is the read. Asked once per document, stream and step. */
export function usePreview(document: PipelineDocument, stream: string | null, after: number, enabled = true) {
  return useQuery({
    queryKey: ["pipelines", "preview", document, stream, after] as const,
    queryFn: async ({ signal }) => {
      const answer = await previewPipeline(
        { document, ...(stream === null ? {} : { stream }), after, limit: ROWS },
        signal,
      );
      return answer.streams.find((one) => one.stream === stream) ?? answer.streams[0] ?? null;
    },
    enabled: enabled && stream !== null,
    staleTime: 120_000,
    retry: false,
  });
}

import { useMemo, useState } from "react";
import type { PipelineDocument } from "@/lib/pipeline-document";
import { previewable } from "./preview-place";
import type { Problems } from "./use-validation";

/** The last document that a preview can be made of; `first` until the server has judged one. */
export function useLastValid<First extends PipelineDocument | null>(
  document: PipelineDocument,
  found: Problems,
  first: First,
  readable = true,
): PipelineDocument | First {
  const [last, setLast] = useState<PipelineDocument | First>(first);
  const known = readable && !found.checking && found.error === null;
  const now = useMemo(() => (known ? previewable(document, found.problems) : null), [known, document, found.problems]);
  if (now !== null && last !== now) setLast(now);
  return now ?? last;
}

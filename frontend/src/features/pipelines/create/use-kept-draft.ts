import { useEffect } from "react";
import { type DraftControl, useDraft } from "@/features/pipelines/editor/use-draft";
import { emptyPipeline } from "@/features/pipelines/document/edit";
import type { PipelineDocument } from "@/lib/pipeline-document";

const KEY = "headwater.new-pipeline";

/** A new document that survives a way to the connectors and back; it belongs to the tab. */
export function useKeptDraft(): DraftControl & { forget: () => void } {
  const control = useDraft(emptyPipeline(), kept() ?? emptyPipeline());
  const { document } = control;
  // The storage of the tab stands outside of React.
  useEffect(() => {
    sessionStorage.setItem(KEY, JSON.stringify(document));
  }, [document]);
  return { ...control, forget: () => sessionStorage.removeItem(KEY) };
}

function kept(): PipelineDocument | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "null") as PipelineDocument | null;
  } catch {
    return null;
  }
}

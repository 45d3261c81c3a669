import { useCallback, useEffect, useMemo, useReducer } from "react";
import {
  edit,
  editText,
  isDirty,
  markSaved,
  openDraft,
  redo,
  undo,
  type Draft,
} from "@/features/pipelines/document/history";
import type { PipelineDocument } from "@/lib/pipeline-document";

type Action =
  | { type: "edit"; change: (document: PipelineDocument) => PipelineDocument; tag: string | null }
  | { type: "text"; text: string }
  | { type: "undo" }
  | { type: "redo" }
  | { type: "saved"; document: PipelineDocument }
  | { type: "open"; document: PipelineDocument };

function reduce(draft: Draft, action: Action): Draft {
  switch (action.type) {
    case "edit":
      return edit(draft, action.change(draft.document), action.tag);
    case "text":
      return editText(draft, action.text);
    case "undo":
      return undo(draft);
    case "redo":
      return redo(draft);
    case "saved":
      return markSaved(draft, action.document);
    case "open":
      return openDraft(action.document);
  }
}

export interface DraftControl {
  readonly draft: Draft;
  readonly document: PipelineDocument;
  readonly dirty: boolean;
  /** Edits with the same tag that follow each other are undone as one. */
  readonly edit: (change: (document: PipelineDocument) => PipelineDocument, tag?: string) => void;
  readonly editText: (text: string) => void;
  readonly undo: () => void;
  readonly redo: () => void;
  readonly saved: (document: PipelineDocument) => void;
  readonly open: (document: PipelineDocument) => void;
}

/** The document under edit. `saved` is what the server holds, `first` what to begin with where that differs. */
export function useDraft(saved: PipelineDocument, first: PipelineDocument = saved): DraftControl {
  const [draft, dispatch] = useReducer(reduce, null, () => openDraft(first, saved));
  const change = useCallback<DraftControl["edit"]>(
    (made, tag) => dispatch({ type: "edit", change: made, tag: tag ?? null }),
    [],
  );
  const back = useCallback(() => dispatch({ type: "undo" }), []);
  const forth = useCallback(() => dispatch({ type: "redo" }), []);
  useUndoKeys(back, forth);
  return useMemo(
    () => ({
      draft,
      document: draft.document,
      dirty: isDirty(draft),
      edit: change,
      editText: (text) => dispatch({ type: "text", text }),
      undo: back,
      redo: forth,
      saved: (document) => dispatch({ type: "saved", document }),
      open: (document) => dispatch({ type: "open", document }),
    }),
    [draft, change, back, forth],
  );
}

/** Ctrl or ⌘ with Z, outside of fields that have an undo of their own. */
function useUndoKeys(back: () => void, forth: () => void) {
  // Keys are pressed on the window, which is not React's.
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || hasOwnUndo(event.target)) return;
      const key = event.key.toLowerCase();
      if (key !== "z" && key !== "y") return;
      event.preventDefault();
      if (key === "y" || event.shiftKey) forth();
      else back();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [back, forth]);
}

function hasOwnUndo(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA)$/.test(target.tagName));
}

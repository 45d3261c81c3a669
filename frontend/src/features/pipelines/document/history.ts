/**
 * One pipeline document under edit, seen as form, graph and YAML, with undo and redo. Pure. The text is what is kept; the
 * document is what it says, and stays the last readable one while a person types.
 */

import { parseYaml, same, toYaml, writeInto, type YamlFault } from "@/features/pipelines/document/yaml-text";
import { inOrder, type PipelineDocument } from "@/lib/pipeline-document";

interface Version {
  readonly text: string;
  readonly document: PipelineDocument;
}

export interface Draft extends Version {
  /** Why the text cannot be read; then `document` is older than the text. */
  readonly faults: readonly YamlFault[];
  readonly saved: PipelineDocument;
  readonly past: readonly Version[];
  readonly future: readonly Version[];
  /** Edits that carry the same tag follow each other as one, so that undo does not go letter by letter. */
  readonly tag: string | null;
}

const MOST_STEPS_BACK = 200;

export function openDraft(given: PipelineDocument, saved: PipelineDocument = given): Draft {
  const document = inOrder(given) as PipelineDocument;
  return { text: toYaml(document), document, faults: [], saved, past: [], future: [], tag: null };
}

export function edit(draft: Draft, document: PipelineDocument, tag: string | null = null): Draft {
  if (same(document, draft.document)) return draft;
  return changed(draft, { text: writeInto(draft.text, document), document }, [], tag);
}

export function editText(draft: Draft, text: string): Draft {
  if (text === draft.text) return draft;
  const parsed = parseYaml(text);
  const document = parsed.ok ? parsed.document : draft.document;
  return changed(draft, { text, document }, parsed.ok ? [] : parsed.faults, "text");
}

export function undo(draft: Draft): Draft {
  const before = draft.past.at(-1);
  if (before === undefined) return draft;
  return {
    ...draft,
    ...before,
    faults: faultsOf(before.text),
    past: draft.past.slice(0, -1),
    future: [current(draft), ...draft.future],
    tag: null,
  };
}

export function redo(draft: Draft): Draft {
  const [next, ...future] = draft.future;
  if (next === undefined) return draft;
  return { ...draft, ...next, faults: faultsOf(next.text), past: [...draft.past, current(draft)], future, tag: null };
}

/** What the server now holds. The text, and the way back, stay. */
export function markSaved(draft: Draft, saved: PipelineDocument): Draft {
  return { ...draft, saved, tag: null };
}

export function isDirty(draft: Draft): boolean {
  return draft.faults.length > 0 || !same(draft.document, draft.saved);
}

function changed(draft: Draft, version: Version, faults: readonly YamlFault[], tag: string | null): Draft {
  const goesOn = tag !== null && tag === draft.tag;
  const past = goesOn ? draft.past : [...draft.past, current(draft)].slice(-MOST_STEPS_BACK);
  return { ...draft, ...version, faults, past, future: [], tag };
}

function current(draft: Draft): Version {
  return { text: draft.text, document: draft.document };
}

function faultsOf(text: string): readonly YamlFault[] {
  const parsed = parseYaml(text);
  return parsed.ok ? [] : parsed.faults;
}

/** What a source's list of streams says about one stream that the source has. Pure. */

import { changeStream, chooseStream } from "@/features/pipelines/document/edit";
import {
  readStream,
  stepAt,
  streamItems,
  type Mode,
  type PipelineDocument,
  type StreamEntry,
} from "@/lib/pipeline-document";
import { bestMatch, isGlob, matches } from "@/lib/stream-names";

export interface Choice {
  /** Place in the list, -1 when the stream is not read. */
  readonly at: number;
  readonly entry: StreamEntry | null;
  /** The glob that brings it, null when it stands there by its name. */
  readonly pattern: string | null;
}

export interface Facts {
  readonly name: string;
  readonly cursors: readonly string[];
}

export function entriesOf(document: PipelineDocument, source: number): readonly StreamEntry[] {
  return streamItems(stepAt(document, "sources", source)).map(readStream);
}

/** Whether the list is written at all; when it is not, all streams are read. */
export function readsAll(document: PipelineDocument, source: number): boolean {
  const entries = entriesOf(document, source);
  return entries.length === 1 && entries[0]?.name === "*" && entries[0].exclude.length === 0;
}

/** Whether all streams are read but for some, and this is one of those. */
export function isLeftOut(document: PipelineDocument, source: number, name: string): boolean {
  return entriesOf(document, source).some((entry) => entry.name === "*" && entry.exclude.includes(name));
}

export function choiceOf(entries: readonly StreamEntry[], name: string): Choice {
  const at = bestMatch(
    entries.map((entry) => entry.name),
    name,
  );
  const entry = entries[at] ?? null;
  if (entry === null || entry.exclude.some((pattern) => matches(pattern, name)))
    return { at: -1, entry: null, pattern: null };
  return { at, entry, pattern: isGlob(entry.name) && entry.name !== name ? entry.name : null };
}

/** Incremental takes the source's own cursor where there is just that to take. */
export function setMode(document: PipelineDocument, source: number, stream: Facts, mode: Mode): PipelineDocument {
  const named = byName(document, source, stream.name);
  const at = entriesOf(named, source).findIndex((entry) => entry.name === stream.name);
  if (mode === "full")
    return changeStream(named, source, at, {
      mode: undefined,
      cursor: undefined,
      lag: undefined,
      inclusive: undefined,
      start: undefined,
    });
  return changeStream(named, source, at, { mode, cursor: stream.cursors[0] });
}

export function setCursor(document: PipelineDocument, source: number, name: string, cursor: string): PipelineDocument {
  const named = byName(document, source, name);
  return changeStream(
    named,
    source,
    entriesOf(named, source).findIndex((entry) => entry.name === name),
    { cursor },
  );
}

/** The stream gets an entry of its own, which wins over the glob that brought it. */
function byName(document: PipelineDocument, source: number, name: string): PipelineDocument {
  return entriesOf(document, source).some((entry) => entry.name === name)
    ? document
    : chooseStream(document, source, name, true);
}

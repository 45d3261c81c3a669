/** Edits of a pipeline document. Each takes a document and gives a new one; what it does not touch stays as it is written. */

import {
  expanded,
  items,
  SHORTHAND,
  stepAt,
  streamItems,
  texts,
  type Json,
  type JsonObject,
  type PipelineDocument,
  type Section,
} from "@/lib/pipeline-document";

/** Keys that are taken away are written as undefined. */
export type Changes = Readonly<Record<string, Json | undefined>>;

export function emptyPipeline(): PipelineDocument {
  return { sources: [], destinations: [] };
}

export function addStep(document: PipelineDocument, section: Section, step: Json, at?: number): PipelineDocument {
  const list = [...items(document, section)];
  list.splice(at ?? list.length, 0, step);
  return withItems(document, section, list);
}

export function removeStep(document: PipelineDocument, section: Section, index: number): PipelineDocument {
  return withItems(
    document,
    section,
    items(document, section).filter((_, at) => at !== index),
  );
}

export function moveStep(document: PipelineDocument, section: Section, from: number, to: number): PipelineDocument {
  const list = [...items(document, section)];
  const [moved] = list.splice(from, 1);
  if (moved === undefined || to < 0 || to > list.length) return document;
  list.splice(to, 0, moved);
  return withItems(document, section, list);
}

/** A step that says nothing but a saved name is written short again. */
export function changeStep(
  document: PipelineDocument,
  section: Section,
  index: number,
  changes: Changes,
): PipelineDocument {
  const step = merged(stepAt(document, section, index), changes);
  return replaceStep(document, section, index, shortened(step, SHORTHAND[section]));
}

export function replaceStep(document: PipelineDocument, section: Section, index: number, step: Json): PipelineDocument {
  return withItems(
    document,
    section,
    items(document, section).map((item, at) => (at === index ? step : item)),
  );
}

export function duplicateStep(document: PipelineDocument, section: Section, index: number): PipelineDocument {
  const item = items(document, section)[index];
  if (item === undefined) return document;
  const named = expanded(item, SHORTHAND[section])["name"] !== undefined;
  const copy = named ? merged(expanded(item, SHORTHAND[section]), { name: undefined }) : item;
  return addStep(document, section, copy, index + 1);
}

/** True is the default, and is not written. */
export function enableStep(document: PipelineDocument, index: number, enabled: boolean): PipelineDocument {
  return changeStep(document, "processors", index, { enabled: enabled ? undefined : false });
}

export function setStreams(document: PipelineDocument, source: number, streams: readonly Json[]): PipelineDocument {
  const all = streams.length === 1 && streams[0] === "*";
  return changeStep(document, "sources", source, { streams: all || streams.length === 0 ? undefined : streams });
}

export function changeStream(
  document: PipelineDocument,
  source: number,
  at: number,
  changes: Changes,
): PipelineDocument {
  const streams = streamItems(stepAt(document, "sources", source));
  return setStreams(
    document,
    source,
    streams.map((item, index) => (index === at ? shortened(merged(expanded(item, "name"), changes), "name") : item)),
  );
}

/** Adds the stream, or takes it away. The glob `*`, which stands for all streams, gives way to streams by name. */
export function chooseStream(
  document: PipelineDocument,
  source: number,
  name: string,
  chosen: boolean,
): PipelineDocument {
  const written =
    stepAt(document, "sources", source)["streams"] === undefined
      ? []
      : streamItems(stepAt(document, "sources", source));
  const others = written.filter((item) => !["*", name].includes(String(expanded(item, "name")["name"])));
  return setStreams(document, source, chosen ? [...others, kept(written, name)] : others);
}

/** Where all streams are read: leaves one out of them, or takes it in again. */
export function leaveOut(document: PipelineDocument, source: number, name: string, out: boolean): PipelineDocument {
  const step = stepAt(document, "sources", source);
  const written = step["streams"] === undefined ? ["*"] : streamItems(step);
  const items = written.map((item) => {
    const entry = expanded(item, "name");
    if (entry["name"] !== "*") return item;
    const others = texts(entry["exclude"]).filter((one) => one !== name);
    const exclude = out ? [...others, name] : others;
    return shortened(merged(entry, { exclude: exclude.length === 0 ? undefined : exclude }), "name");
  });
  return setStreams(document, source, items);
}

export function chooseStreams(document: PipelineDocument, source: number, names: readonly string[]): PipelineDocument {
  const written = streamItems(stepAt(document, "sources", source));
  return setStreams(
    document,
    source,
    names.map((name) => kept(written, name)),
  );
}

export function setField(document: PipelineDocument, key: string, value: Json | undefined): PipelineDocument {
  return merged(document, { [key]: value });
}

/** Sections in the order people read them; the list of processors is not written when it is empty. */
function withItems(document: PipelineDocument, section: Section, list: readonly Json[]): PipelineDocument {
  const empty = section === "processors" && list.length === 0;
  const changed = merged(document, { [section]: empty ? undefined : list });
  const { description, sources, processors, destinations, ...rest } = changed;
  return merged({}, { description, sources, processors, destinations, ...rest });
}

function kept(written: readonly Json[], name: string): Json {
  return written.find((item) => expanded(item, "name")["name"] === name) ?? name;
}

function merged(object: JsonObject, changes: Changes): JsonObject {
  const entries = Object.entries({ ...object, ...changes });
  return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

function shortened(step: JsonObject, key: string): Json {
  const only = step[key];
  return Object.keys(step).length === 1 && typeof only === "string" ? only : step;
}

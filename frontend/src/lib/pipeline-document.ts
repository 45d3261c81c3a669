/**
 * A pipeline as it stands in a project file, and the same with its shorthands written out. What is written is kept as it
 * is: reading never changes a document. Grammar: docs/reference/project-file.md.
 */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };
export type PipelineDocument = JsonObject;

export type Section = "sources" | "processors" | "destinations";
export type Mode = "full" | "incremental";
export type WriteMode = "replace" | "append" | "merge" | "scd2";

export interface StreamEntry {
  readonly name: string;
  readonly exclude: readonly string[];
  readonly mode: Mode;
  readonly cursor: string | null;
  readonly primaryKey: readonly string[] | null;
  readonly alias: string | null;
  readonly write: WriteMode | null;
}

/** A saved connector or processor by its name, or a type written in place. */
export interface StepRef {
  readonly saved: string | null;
  readonly type: string | null;
}

export interface SourceStep extends StepRef {
  readonly index: number;
  readonly streams: readonly StreamEntry[];
}

export interface ProcessorStep extends StepRef {
  readonly index: number;
  /** Its number in plans, previews and reports: 1 for the first; 0 is the read. */
  readonly number: number;
  readonly name: string | null;
  readonly streams: readonly string[];
  readonly exclude: readonly string[];
  readonly enabled: boolean;
  readonly config: JsonObject;
}

export interface DestinationStep extends StepRef {
  readonly index: number;
  readonly streams: readonly string[];
  readonly exclude: readonly string[];
  readonly write: WriteMode | null;
  readonly table: string | null;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text alone, or the texts of a list; anything else is left out. */
export function texts(value: Json | undefined): readonly string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

export function text(value: Json | undefined): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

export function items(document: PipelineDocument, section: Section): readonly Json[] {
  const found = document[section];
  return Array.isArray(found) ? found : [];
}

/** One step written out: a bare text stands for the saved connector or processor. */
export function expanded(item: Json | undefined, shorthand: string): JsonObject {
  if (typeof item === "string") return { [shorthand]: item };
  return isObject(item) ? item : {};
}

export const SHORTHAND: Readonly<Record<Section, string>> = {
  sources: "connector",
  processors: "processor",
  destinations: "connector",
};

export function stepAt(document: PipelineDocument, section: Section, index: number): JsonObject {
  return expanded(items(document, section)[index], SHORTHAND[section]);
}

export function readStream(item: Json): StreamEntry {
  const written = expanded(item, "name");
  const write = text(written["write"]);
  return {
    name: text(written["name"]) ?? "*",
    exclude: texts(written["exclude"]),
    mode: written["mode"] === "incremental" ? "incremental" : "full",
    cursor: text(written["cursor"]),
    primaryKey: written["primary_key"] === undefined ? null : texts(written["primary_key"]),
    alias: text(written["alias"]),
    write: isWriteMode(write) ? write : null,
  };
}

export function streamItems(source: JsonObject): readonly Json[] {
  const streams = source["streams"];
  if (typeof streams === "string") return [streams];
  return Array.isArray(streams) && streams.length > 0 ? streams : ["*"];
}

export function readSources(document: PipelineDocument): readonly SourceStep[] {
  return items(document, "sources").map((item, index) => {
    const step = expanded(item, "connector");
    return {
      index,
      saved: text(step["connector"]),
      type: text(step["type"]),
      streams: streamItems(step).map(readStream),
    };
  });
}

export function readProcessors(document: PipelineDocument): readonly ProcessorStep[] {
  return items(document, "processors").map((item, index) => {
    const step = expanded(item, "processor");
    const config = step["config"];
    return {
      index,
      number: index + 1,
      saved: text(step["processor"]),
      type: text(step["type"]),
      name: text(step["name"]),
      streams: step["streams"] === undefined ? ["*"] : texts(step["streams"]),
      exclude: texts(step["exclude"]),
      enabled: step["enabled"] !== false,
      config: isObject(config) ? config : {},
    };
  });
}

export function readDestinations(document: PipelineDocument): readonly DestinationStep[] {
  return items(document, "destinations").map((item, index) => {
    const step = expanded(item, "connector");
    const write = text(step["write"]);
    const streams = step["streams"];
    const taken = Array.isArray(streams) ? streams : streams === undefined ? ["*"] : [streams];
    return {
      index,
      saved: text(step["connector"]),
      type: text(step["type"]),
      streams: taken.map((entry: Json) => text(expanded(entry, "name")["name"]) ?? "*"),
      exclude: texts(step["exclude"]),
      write: isWriteMode(write) ? write : null,
      table: text(step["table"]),
    };
  });
}

/** What a person calls the step: its own name, its processor's or connector's, or its type's. */
export function stepLabel(step: StepRef & { readonly name?: string | null }): string {
  return step.name ?? step.saved ?? step.type ?? "";
}

export function isWriteMode(value: string | null): value is WriteMode {
  return value === "replace" || value === "append" || value === "merge" || value === "scd2";
}

const ORDER: readonly string[] = [
  ...["description", "sources", "processors", "destinations"],
  ...[
    "connector",
    "processor",
    "type",
    "rule",
    "name",
    "streams",
    "exclude",
    "mode",
    "cursor",
    "lag",
    "primary_key",
    "columns",
  ],
  ...[
    "filter",
    "alias",
    "write",
    "table",
    "key",
    "config",
    "enabled",
    "engine",
    "evolution",
    "verify",
    "retries",
    "quarantine",
  ],
];

/** The same document with the grammar's keys in the order people write them: a database keeps objects without order. */
export function inOrder(value: Json): Json {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isObject(value)) return value;
  const place = (key: string): number => (ORDER.includes(key) ? ORDER.indexOf(key) : ORDER.length);
  const keys = Object.keys(value).sort((a, b) => place(a) - place(b));
  return Object.fromEntries(
    keys.map((key) => [key, key === "config" ? (value[key] ?? null) : inOrder(value[key] ?? null)]),
  );
}

/** The lanes of a pipeline: which streams flow along it, where each begins, and which steps work on it. */

import {
  readProcessors,
  readSources,
  text,
  texts,
  isObject,
  type JsonObject,
  type PipelineDocument,
  type ProcessorStep,
  type SourceStep,
  type StreamEntry,
} from "@/lib/pipeline-document";
import { bestMatch, isGlob, matches, render } from "@/lib/stream-names";

export interface Lane {
  readonly id: string;
  /** Names of the streams, or globs where the streams are not known; more than one when lanes were drawn together. */
  readonly names: readonly string[];
  /** Place in `sources`, null for a stream that a step makes. */
  readonly source: number | null;
  /** Place in `processors` of the step that makes the stream. */
  readonly madeBy: number | null;
  readonly entry: StreamEntry | null;
  /** Places in `processors` of the steps that work on it, in order; steps that are off are among them. */
  readonly steps: readonly number[];
}

export interface LaneOptions {
  /** Names that the source at this place has, where they are known: globs are resolved. */
  readonly known?: ReadonlyMap<number, readonly string[]>;
  /** Names as they flow (after `alias`), from a run or a plan: globs are resolved without asking a source. */
  readonly flowing?: readonly string[];
  /** Type and config of saved processors, by name. */
  readonly saved?: ReadonlyMap<string, { readonly type: string; readonly config: JsonObject }>;
}

/** Where a processor makes or reads other streams, by type. Everything else works on the streams it selects. */
export interface StepTraits {
  readonly type: string;
  readonly config: JsonObject;
  readonly makes: string | null;
}

export function traitsOf(step: ProcessorStep, options: LaneOptions): StepTraits {
  const saved = step.saved === null ? undefined : options.saved?.get(step.saved);
  const type = step.type ?? saved?.type ?? "";
  const config = saved?.config ?? step.config;
  return { type, config, makes: type === "sql" ? text(config["stream"]) : null };
}

/** Streams that a step looks at beside those it works on: the tables of its query, or the stream it looks values up in. */
export function readsAside(traits: StepTraits, streams: readonly string[]): readonly string[] {
  const query = traits.makes === null ? null : text(traits.config["query"]);
  if (query !== null) return streams.filter((name) => mentions(query, name));
  const rules = traits.config["rules"];
  const rows = Array.isArray(rules) ? rules.filter(isObject) : [];
  const named = [traits.config, ...rows].flatMap((place) => texts(place["stream"]));
  return streams.filter((name) => named.includes(name));
}

export function lanesOf(document: PipelineDocument, options: LaneOptions = {}): readonly Lane[] {
  const steps = readProcessors(document);
  const sources = readSources(document);
  const made = steps.flatMap((step) => laneMadeBy(step, options));
  const read = sources.flatMap((source) => {
    const flowing = flowingFrom(source, { sources, made, flowing: options.flowing ?? [] });
    return lanesOfSource(source, { ...options, flowing });
  });
  return [...read, ...made].map((lane) => ({ ...lane, steps: stepsOn(lane, steps, options) }));
}

/** The lane a stream flows in: the one with its very name, else the first whose glob fits. */
export function laneOfStream(lanes: readonly Lane[], stream: string): Lane | undefined {
  return (
    lanes.find((lane) => lane.names.includes(stream)) ??
    lanes.find((lane) => lane.names.some((name) => matches(name, stream)))
  );
}

interface Flowing {
  readonly sources: readonly SourceStep[];
  readonly made: readonly Lane[];
  readonly flowing: readonly string[];
}

/** Nothing says where a stream flowed from: what another source names or a step makes is not of this source's globs. */
function flowingFrom(source: SourceStep, { sources, made, flowing }: Flowing): readonly string[] {
  const others = sources.filter((other) => other !== source).flatMap((other) => other.streams);
  const named = others.filter(({ name }) => !isGlob(name)).map(({ name, alias }) => flowsAs(name, alias));
  const elsewhere = new Set([...named, ...made.flatMap((lane) => lane.names)]);
  return flowing.filter((name) => !elsewhere.has(name));
}

export function selects(step: Pick<ProcessorStep, "streams" | "exclude">, name: string): boolean {
  return bestMatch(step.streams, name) >= 0 && !step.exclude.some((pattern) => matches(pattern, name));
}

function lanesOfSource(source: SourceStep, options: LaneOptions): Lane[] {
  const seen = new Set<string>();
  return source.streams.flatMap((entry, at) =>
    namesOf(source, at, options).flatMap((name) => {
      const id = `${String(source.index)}/${name}`;
      if (seen.has(id)) return [];
      seen.add(id);
      return [{ id, names: [name], source: source.index, madeBy: null, entry, steps: [] }];
    }),
  );
}

function namesOf(source: SourceStep, at: number, options: LaneOptions): readonly string[] {
  const entry = source.streams[at];
  if (entry === undefined) return [];
  const flows = (name: string): string => flowsAs(name, entry.alias);
  const patterns = source.streams.map((other) => other.name);
  const mine = (name: string): boolean =>
    bestMatch(patterns, name) === at && !entry.exclude.some((pattern) => matches(pattern, name));
  if (!isGlob(entry.name)) return [flows(entry.name)];
  const known = options.known?.get(source.index);
  if (known !== undefined) {
    const found = known.filter(mine).map(flows);
    return found.length > 0 ? found : [flows(entry.name)];
  }
  const found = (options.flowing ?? []).filter(
    (name) => matches(flows(entry.name), name) && (entry.alias !== null || mine(name)),
  );
  return found.length > 0 ? found : [flows(entry.name)];
}

const flowsAs = (name: string, alias: string | null): string => (alias === null ? name : render(alias, name));

function laneMadeBy(step: ProcessorStep, options: LaneOptions): Lane[] {
  const { makes } = traitsOf(step, options);
  if (makes === null) return [];
  return [
    { id: `+${String(step.index)}/${makes}`, names: [makes], source: null, madeBy: step.index, entry: null, steps: [] },
  ];
}

function stepsOn(lane: Lane, steps: readonly ProcessorStep[], options: LaneOptions): readonly number[] {
  const begins = lane.madeBy ?? -1;
  return steps
    .filter((step) => step.index > begins && traitsOf(step, options).makes === null)
    .filter((step) => lane.names.some((name) => touches(step, name)))
    .map((step) => step.index);
}

/** A glob's lane is touched by a step that selects some of its streams only. */
function touches(step: ProcessorStep, name: string): boolean {
  if (selects(step, name)) return true;
  return isGlob(name) && step.streams.some((pattern) => matches(name, pattern));
}

function mentions(query: string, name: string): boolean {
  const plain = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(^|[^\\w.])"?${plain}"?(?![\\w])`, "i").test(query);
}

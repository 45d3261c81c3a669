/**
 * A pipeline as nodes and edges. Pure: the same document gives the same graph. Columns follow the order of the chain, rows
 * are the lanes of its streams; a step that works on neighbouring lanes is one node across them.
 */

import { lanesOf, readsAside, traitsOf, type Lane, type LaneOptions } from "@/graph/lanes";
import {
  readDestinations,
  readProcessors,
  readSources,
  stepLabel,
  type DestinationStep,
  type PipelineDocument,
  type ProcessorStep,
} from "@/lib/pipeline-document";
import { bestMatch, isGlob, matches } from "@/lib/stream-names";

export type NodeKind = "source" | "processor" | "destination";

export interface GraphNode {
  readonly id: string;
  readonly kind: NodeKind;
  /** Place in its section of the document. */
  readonly index: number;
  readonly label: string;
  readonly type: string | null;
  readonly enabled: boolean;
  readonly column: number;
  /** Ids of the lanes that pass it, from top to bottom. Empty for a step that selects no stream. */
  readonly lanes: readonly string[];
  /** The new stream's lane, where the step makes one. */
  readonly makes: string | null;
}

export interface GraphEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly lane: string;
  /** `aside`: the step looks at the lane, which goes on without it. */
  readonly kind: "flow" | "aside";
}

export interface PipelineGraph {
  readonly lanes: readonly Lane[];
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly columns: number;
}

export interface GraphOptions extends LaneOptions {
  /** With more lanes than this, lanes of one source that take the same way are drawn as one. */
  readonly mostLanes?: number;
}

const MOST_LANES = 12;

export function pipelineGraph(document: PipelineDocument, options: GraphOptions = {}): PipelineGraph {
  const steps = readProcessors(document);
  const destinations = readDestinations(document);
  const all = lanesOf(document, options);
  const lanes = all.length > (options.mostLanes ?? MOST_LANES) ? together(all, destinations) : all;
  const places = columnsOf(steps, lanes, options);
  const columns = Math.max(0, ...places.values()) + 2;
  const nodes = [
    ...sourceNodes(document, lanes),
    ...steps.flatMap((step) => stepNodes(step, lanes, options, places.get(step.index) ?? 1)),
    ...destinations.map((step) => destinationNode(step, lanes, columns - 1)),
  ];
  return { lanes, nodes, edges: [...flow(lanes, nodes), ...aside(steps, lanes, nodes, options)], columns };
}

export function takes(step: DestinationStep, name: string): boolean {
  const chosen =
    bestMatch(step.streams, name) >= 0 || (isGlob(name) && step.streams.some((pattern) => matches(name, pattern)));
  return chosen && !step.exclude.some((pattern) => matches(pattern, name));
}

function together(lanes: readonly Lane[], destinations: readonly DestinationStep[]): readonly Lane[] {
  const groups = new Map<string, Lane>();
  for (const lane of lanes) {
    const goes = destinations.filter((step) => lane.names.some((name) => takes(step, name))).map((step) => step.index);
    const way = lane.madeBy === null ? JSON.stringify([lane.source, lane.steps, goes, lane.entry?.mode]) : lane.id;
    const group = groups.get(way);
    groups.set(way, group === undefined ? lane : { ...group, names: [...group.names, ...lane.names] });
  }
  return [...groups.values()];
}

function sourceNodes(document: PipelineDocument, lanes: readonly Lane[]): GraphNode[] {
  return readSources(document).map((source) => ({
    id: `source:${String(source.index)}`,
    kind: "source",
    index: source.index,
    label: stepLabel(source),
    type: source.type,
    enabled: true,
    column: 0,
    lanes: lanes.filter((lane) => lane.source === source.index).map((lane) => lane.id),
    makes: null,
  }));
}

/** Steps on other lanes may stand side by side: a step stands behind the last one that its lanes, or those it looks at, meet. */
function columnsOf(
  steps: readonly ProcessorStep[],
  lanes: readonly Lane[],
  options: LaneOptions,
): ReadonlyMap<number, number> {
  const reached = new Map<string, number>();
  const names = lanes.flatMap((lane) => lane.names);
  return new Map(
    steps.map((step) => {
      const looked = readsAside(traitsOf(step, options), names);
      const mine = lanes.filter((lane) => lane.madeBy === step.index || lane.steps.includes(step.index));
      const met = [...mine, ...lanes.filter((lane) => lane.names.some((name) => looked.includes(name)))];
      const column = 1 + Math.max(0, ...met.map((lane) => reached.get(lane.id) ?? 0));
      for (const lane of mine) reached.set(lane.id, column);
      return [step.index, column];
    }),
  );
}

function stepNodes(step: ProcessorStep, lanes: readonly Lane[], options: LaneOptions, column: number): GraphNode[] {
  const id = `processor:${String(step.index)}`;
  const made = lanes.find((lane) => lane.madeBy === step.index);
  const { type } = traitsOf(step, options);
  const node = {
    id,
    kind: "processor",
    index: step.index,
    label: stepLabel(step),
    type,
    enabled: step.enabled,
  } as const;
  const at = { ...node, column, makes: made?.id ?? null };
  if (made !== undefined) return [{ ...at, lanes: [made.id] }];
  const runs = neighbours(lanes, (lane) => lane.steps.includes(step.index));
  if (runs.length === 0) return [{ ...at, lanes: [] }];
  return runs.map((run, part) => ({ ...at, id: part === 0 ? id : `${id}/${String(part)}`, lanes: run }));
}

/** Runs of lanes that lie next to each other. */
function neighbours(lanes: readonly Lane[], belongs: (lane: Lane) => boolean): string[][] {
  const runs: string[][] = [];
  let open: string[] | null = null;
  for (const lane of lanes) {
    if (!belongs(lane)) open = null;
    else if (open === null) runs.push((open = [lane.id]));
    else open.push(lane.id);
  }
  return runs;
}

function destinationNode(step: DestinationStep, lanes: readonly Lane[], column: number): GraphNode {
  return {
    id: `destination:${String(step.index)}`,
    kind: "destination",
    index: step.index,
    label: stepLabel(step),
    type: step.type,
    enabled: true,
    column,
    lanes: lanes.filter((lane) => lane.names.some((name) => takes(step, name))).map((lane) => lane.id),
    makes: null,
  };
}

function flow(lanes: readonly Lane[], nodes: readonly GraphNode[]): GraphEdge[] {
  return lanes.flatMap((lane) => {
    const stops = nodes.filter((node) => node.lanes.includes(lane.id)).sort((a, b) => a.column - b.column);
    const inner = stops.filter((node) => node.kind !== "destination");
    const edges = inner.slice(1).map((node, at) => edge(lane.id, inner[at]?.id ?? "", node.id, "flow"));
    const last = inner.at(-1);
    const ends = last === undefined ? [] : stops.filter((node) => node.kind === "destination");
    return [...edges, ...ends.map((node) => edge(lane.id, last?.id ?? "", node.id, "flow"))];
  });
}

function aside(
  steps: readonly ProcessorStep[],
  lanes: readonly Lane[],
  nodes: readonly GraphNode[],
  options: LaneOptions,
): GraphEdge[] {
  const names = lanes.flatMap((lane) => lane.names);
  return steps.flatMap((step) => {
    const target = nodes.find((node) => node.kind === "processor" && node.index === step.index);
    if (target === undefined) return [];
    const looked = readsAside(traitsOf(step, options), names);
    return lanes
      .filter((lane) => !target.lanes.includes(lane.id) && lane.names.some((name) => looked.includes(name)))
      .flatMap((lane) => {
        const from = lastBefore(lane, target, nodes);
        return from === undefined ? [] : [edge(lane.id, from.id, target.id, "aside")];
      });
  });
}

/** The last step on the lane that comes before this one in the chain: what it looks at is the lane as it stands there. */
function lastBefore(lane: Lane, step: GraphNode, nodes: readonly GraphNode[]): GraphNode | undefined {
  return nodes
    .filter(
      (node) =>
        node.lanes.includes(lane.id) &&
        (node.kind === "source" || (node.kind === "processor" && node.index < step.index)),
    )
    .sort((a, b) => a.column - b.column)
    .at(-1);
}

function edge(lane: string, from: string, to: string, kind: GraphEdge["kind"]): GraphEdge {
  return { id: `${kind === "flow" ? "" : "aside:"}${from}→${to}@${lane}`, from, to, lane, kind };
}

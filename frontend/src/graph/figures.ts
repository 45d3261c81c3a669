/** What a run says about the edges and steps of its graph. Pure; counts are rows. */

import { laneOfStream, type Lane } from "@/graph/lanes";
import type { GraphEdge, PipelineGraph } from "@/graph/pipeline-graph";
import { t } from "@/lib/texts";

/** One stream of a run. Steps are numbered as in plans: 0 is the read. */
export interface StreamFigures {
  readonly stream: string;
  readonly read: number;
  readonly filtered: number;
  readonly rejected: number;
  readonly deduplicated: number;
  /** On their way to the destinations. */
  readonly passed: number;
  readonly rowEstimate: number | null;
  readonly rowsPerS: number | null;
  /** Rows that a destination committed, by the destination's name; empty before the commit. */
  readonly written: ReadonlyMap<string, number>;
  /** Rows that broke rules, by the step's number; a row that broke two rules of a step counts twice. */
  readonly broke: ReadonlyMap<number, number>;
  readonly state: "running" | "succeeded" | "failed" | "cancelled";
}

export interface EdgeFigure {
  /** What was read, where the edge begins at a source. */
  readonly read: number | null;
  /** What went on to a destination, where the edge ends at one. */
  readonly rows: number | null;
  readonly meaning: "passing" | "written";
  readonly rowsPerS: number | null;
  readonly state: StreamFigures["state"];
}

export interface LaneFigure {
  readonly streams: number;
  readonly read: number;
  readonly filtered: number;
  readonly rejected: number;
  readonly deduplicated: number;
  readonly passed: number;
  readonly rowsPerS: number | null;
  readonly rowEstimate: number | null;
  readonly state: StreamFigures["state"];
}

export interface GraphFigures {
  readonly edges: ReadonlyMap<string, EdgeFigure>;
  /** Rows that broke rules at a step, by node id. */
  readonly broke: ReadonlyMap<string, number>;
  readonly lanes: ReadonlyMap<string, LaneFigure>;
}

export const NO_FIGURES: GraphFigures = { edges: new Map(), broke: new Map(), lanes: new Map() };

export function graphFigures(graph: PipelineGraph, streams: readonly StreamFigures[]): GraphFigures {
  const byLane = new Map<string, StreamFigures[]>();
  for (const stream of streams) {
    const lane = laneOfStream(graph.lanes, stream.stream);
    if (lane !== undefined) byLane.set(lane.id, [...(byLane.get(lane.id) ?? []), stream]);
  }
  const edges = new Map<string, EdgeFigure>();
  for (const edge of graph.edges) {
    const figure = edgeFigure(graph, edge, byLane.get(edge.lane) ?? []);
    if (figure !== null) edges.set(edge.id, figure);
  }
  const lanes = new Map([...byLane].map(([id, found]) => [id, laneFigure(found)]));
  return { edges, broke: brokeByNode(graph, byLane), lanes };
}

/** Balance of one stream: what was read is filtered, rejected, deduplicated or written. */
export function laneFigure(streams: readonly StreamFigures[]): LaneFigure {
  const total = (pick: (stream: StreamFigures) => number): number =>
    streams.reduce((sum, stream) => sum + pick(stream), 0);
  const estimated = streams.every((stream) => stream.rowEstimate !== null);
  const speeds = streams.filter((stream) => stream.rowsPerS !== null);
  return {
    streams: streams.length,
    read: total((stream) => stream.read),
    filtered: total((stream) => stream.filtered),
    rejected: total((stream) => stream.rejected),
    deduplicated: total((stream) => stream.deduplicated),
    passed: total((stream) => stream.passed),
    rowsPerS: speeds.length === 0 ? null : total((stream) => stream.rowsPerS ?? 0),
    rowEstimate: estimated ? total((stream) => stream.rowEstimate ?? 0) : null,
    state: worst(streams),
  };
}

function edgeFigure(graph: PipelineGraph, edge: GraphEdge, streams: readonly StreamFigures[]): EdgeFigure | null {
  if (edge.kind === "aside" || streams.length === 0) return null;
  const lane = laneFigure(streams);
  const read = graph.nodes.find((node) => node.id === edge.from)?.kind === "source" ? lane.read : null;
  const common = { read, rowsPerS: lane.state === "running" ? lane.rowsPerS : null, state: lane.state };
  const to = graph.nodes.find((node) => node.id === edge.to);
  if (to?.kind === "destination") {
    const done = streams.filter((stream) => stream.written.has(to.label));
    const written = done.reduce((sum, stream) => sum + (stream.written.get(to.label) ?? 0), 0);
    // What failed or was cancelled goes nowhere any more.
    const over = done.length === streams.length || lane.state === "failed" || lane.state === "cancelled";
    return { ...common, rows: over ? written : lane.passed, meaning: over ? "written" : "passing" };
  }
  return read === null ? null : { ...common, rows: null, meaning: "passing" };
}

function brokeByNode(
  graph: PipelineGraph,
  byLane: ReadonlyMap<string, readonly StreamFigures[]>,
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const node of graph.nodes) {
    if (node.kind === "destination") continue;
    const number = node.kind === "source" ? 0 : node.index + 1;
    const streams = node.lanes.flatMap((lane) => byLane.get(lane) ?? []);
    const rows = streams.reduce((sum, stream) => sum + (stream.broke.get(number) ?? 0), 0);
    if (rows > 0) found.set(node.id, rows);
  }
  return found;
}

function worst(streams: readonly StreamFigures[]): StreamFigures["state"] {
  const order: readonly StreamFigures["state"][] = ["failed", "running", "cancelled", "succeeded"];
  return order.find((state) => streams.some((stream) => stream.state === state)) ?? "running";
}

/** What a stream is called on the canvas; a source whose streams are not known is read as `*`. */
export const nameOnCanvas = (name: string): string => (name === "*" ? t.graph.allStreams : name);

/** What a lane is called on the canvas. */
export function laneLabel(lane: Lane): string {
  const first = nameOnCanvas(lane.names[0] ?? "");
  return lane.names.length > 1 ? `${first} + ${String(lane.names.length - 1)} more` : first;
}

/**
 * Where the nodes of a pipeline stand. Pure, and the same for the same graph: columns in the order of the chain, a row per lane, so that a
 * lane is a straight line and nothing jumps while a person edits. Distances are CSS pixels of the unscaled canvas.
 */

import type { GraphNode, PipelineGraph } from "@/graph/pipeline-graph";

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Placed {
  readonly boxes: ReadonlyMap<string, Box>;
  /** Heights of the lanes' lines, by lane id. */
  readonly lines: ReadonlyMap<string, number>;
  /** Heights inside a node at which its lanes enter and leave, by node id, then lane id. */
  readonly ports: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly width: number;
  readonly height: number;
}

export const ROW = 84;
export const NODE = { width: 190, height: 58 } as const;
/** Wide enough for names of streams behind the sources, and for a count elsewhere. */
export const FIRST_GAP = 170;
export const GAP = 104;

export function layout(graph: PipelineGraph): Placed {
  const lines = new Map(graph.lanes.map((lane, row) => [lane.id, row * ROW + ROW / 2]));
  const boxes = new Map<string, Box>();
  let spare = graph.lanes.length * ROW;
  for (const node of graph.nodes) {
    if (node.lanes.length > 0 && node.kind !== "destination") boxes.set(node.id, across(node, lines));
  }
  for (const node of graph.nodes.filter((found) => found.lanes.length === 0 && found.kind !== "destination")) {
    boxes.set(node.id, { x: left(node.column), y: spare + (ROW - NODE.height) / 2, ...NODE });
    spare += ROW;
  }
  for (const [id, box] of stacked(
    graph.nodes.filter((node) => node.kind === "destination"),
    lines,
  ))
    boxes.set(id, box);
  const ports = new Map(graph.nodes.map((node) => [node.id, portsOf(node, boxes.get(node.id), lines)]));
  const all = [...boxes.values()];
  return {
    boxes,
    lines,
    ports,
    width: Math.max(0, ...all.map((box) => box.x + box.width)),
    height: Math.max(0, ...all.map((box) => box.y + box.height)),
  };
}

export function left(column: number): number {
  return column * (NODE.width + GAP) + (column > 0 ? FIRST_GAP - GAP : 0);
}

function across(node: GraphNode, lines: ReadonlyMap<string, number>): Box {
  const heights = node.lanes.map((lane) => lines.get(lane) ?? 0);
  const top = Math.min(...heights) - NODE.height / 2;
  return { x: left(node.column), y: top, width: NODE.width, height: Math.max(...heights) + NODE.height / 2 - top };
}

/** Destinations take the same lanes, so they cannot stand in the lanes' rows: they stand below each other, near them. */
function stacked(nodes: readonly GraphNode[], lines: ReadonlyMap<string, number>): [string, Box][] {
  const only = nodes.length === 1 ? nodes[0] : undefined;
  if (only !== undefined && only.lanes.length > 0) return [[only.id, across(only, lines)]];
  const heights = nodes.map((node) => Math.max(NODE.height, node.lanes.length * 20 + 24));
  const total = heights.reduce((sum, height) => sum + height, 0) + (nodes.length - 1) * 28;
  let top = Math.max(0, (lines.size * ROW - total) / 2);
  return nodes.map((node, at) => {
    const height = heights[at] ?? NODE.height;
    const box = { x: left(node.column), y: top, width: NODE.width, height };
    top += height + 28;
    return [node.id, box];
  });
}

function portsOf(
  node: GraphNode,
  box: Box | undefined,
  lines: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  if (box === undefined) return new Map();
  const inRows = node.lanes.every((lane) => {
    const line = lines.get(lane) ?? -1;
    return line >= box.y && line <= box.y + box.height;
  });
  const step = box.height / (node.lanes.length + 1);
  const straight = inRows && spread(node, lines) > 0.9;
  return new Map(node.lanes.map((lane, at) => [lane, straight ? (lines.get(lane) ?? 0) - box.y : step * (at + 1)]));
}

/** 1 when the node's lanes lie as far apart as rows do; less when the box is too small to let them all in straight. */
function spread(node: GraphNode, lines: ReadonlyMap<string, number>): number {
  const heights = node.lanes.map((lane) => lines.get(lane) ?? 0).sort((a, b) => a - b);
  const gaps = heights.slice(1).map((height, at) => (height - (heights[at] ?? 0)) / ROW);
  return Math.min(1, ...gaps);
}

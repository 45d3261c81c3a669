import "@xyflow/react/dist/style.css";
import { ActionIcon, Tooltip } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { IconMaximize, IconMinus, IconPlus } from "@tabler/icons-react";
import { Panel, ReactFlow, ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { useEffect, useMemo } from "react";
import { CanvasEdge, type LaneEdge } from "@/graph/canvas-edge";
import { CanvasNode, type StepNode } from "@/graph/canvas-node";
import { type GraphFigures, laneLabel, NO_FIGURES } from "@/graph/figures";
import { layout, type Placed } from "@/graph/layout";
import type { GraphNode, PipelineGraph } from "@/graph/pipeline-graph";
import { t } from "@/lib/texts";
import classes from "./canvas.module.css";

interface Props {
  graph: PipelineGraph;
  figures?: GraphFigures;
  /** Problems by node, as `kind:index`. */
  problems?: ReadonlyMap<string, number>;
  /** The selected node, as `kind:index`. */
  selected?: string | null;
  onSelect?: (node: GraphNode) => void;
  /** Gives a button on each lane between its steps; called with the place of the new processor, and the lane's streams. */
  onInsert?: (place: number, streams: readonly string[]) => void;
  height?: number | string;
}

const NODES = { step: CanvasNode };
const EDGES = { lane: CanvasEdge };

/** The chain drawn: layout is automatic, and the same for the same document. */
export function PipelineCanvas(props: Props) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

function Canvas({ graph, figures = NO_FIGURES, problems, selected = null, onSelect, onInsert, height }: Props) {
  const placed = useMemo(() => layout(graph), [graph]);
  const nodes = useMemo(
    () => stepNodes(graph, placed, { figures, problems, selected, onSelect }),
    [graph, placed, figures, problems, selected, onSelect],
  );
  const edges = useMemo(() => laneEdges(graph, figures, onInsert), [graph, figures, onInsert]);
  const flow = useReactFlow();
  const { ref, width } = useElementSize<HTMLElement>();
  const shape = `${graph.nodes.length}/${graph.lanes.length}/${graph.columns}`;
  // The view belongs to React Flow, outside of React: it is fitted again when the graph has another shape,
  // or its place another width: a panel opened beside it.
  useEffect(() => {
    const frame = requestAnimationFrame(() => void flow.fitView(FIT));
    return () => cancelAnimationFrame(frame);
  }, [flow, shape, width]);
  return (
    <section
      ref={ref}
      className={classes.canvas}
      style={{ height: height ?? Math.min(540, Math.max(200, placed.height + 72)) }}
      aria-label={t.graph.label}
    >
      <ReactFlow<StepNode, LaneEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODES}
        edgeTypes={EDGES}
        fitView
        fitViewOptions={FIT}
        minZoom={0.15}
        maxZoom={1.5}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        zoomOnScroll={false}
        preventScrolling={false}
        zoomOnDoubleClick={false}
        proOptions={{ hideAttribution: true }}
      >
        <Panel position="bottom-right" className={classes.tools}>
          <Tool label={t.graph.zoomOut} onClick={() => void flow.zoomOut()} icon={IconMinus} />
          <Tool label={t.graph.zoomIn} onClick={() => void flow.zoomIn()} icon={IconPlus} />
          <Tool label={t.graph.fit} onClick={() => void flow.fitView(FIT)} icon={IconMaximize} />
        </Panel>
      </ReactFlow>
    </section>
  );
}

const FIT = { padding: 0.05, maxZoom: 1.1, minZoom: 0.3 };

function Tool({ label, onClick, icon: Icon }: { label: string; onClick: () => void; icon: typeof IconPlus }) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" size="sm" aria-label={label} onClick={onClick}>
        <Icon size={14} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

interface Marks {
  figures: GraphFigures;
  problems: ReadonlyMap<string, number> | undefined;
  selected: string | null;
  onSelect: ((node: GraphNode) => void) | undefined;
}

function stepNodes(graph: PipelineGraph, placed: Placed, { figures, problems, selected, onSelect }: Marks): StepNode[] {
  return graph.nodes.flatMap((node) => {
    const box = placed.boxes.get(node.id);
    if (box === undefined) return [];
    const key = `${node.kind}:${node.index}`;
    const size = { width: box.width, height: box.height };
    return [
      {
        id: node.id,
        type: "step" as const,
        position: { x: box.x, y: box.y },
        ...size,
        data: {
          node,
          ports: placed.ports.get(node.id) ?? new Map<string, number>(),
          selected: selected === key,
          broke: figures.broke.get(node.id) ?? 0,
          problems: problems?.get(key) ?? 0,
          onSelect: onSelect ?? null,
        },
      },
    ];
  });
}

function laneEdges(graph: PipelineGraph, figures: GraphFigures, onInsert: Props["onInsert"]): LaneEdge[] {
  const lanes = new Map(graph.lanes.map((lane) => [lane.id, lane]));
  return graph.edges.map((edge) => {
    const lane = lanes.get(edge.lane);
    const begins = edge.kind === "flow" && edge.from.startsWith("source:") && firstOf(graph, edge.lane) === edge.id;
    return {
      id: edge.id,
      type: "lane" as const,
      source: edge.from,
      target: edge.to,
      sourceHandle: edge.lane,
      targetHandle: edge.kind === "aside" ? "aside" : edge.lane,
      data: {
        aside: edge.kind === "aside",
        label: begins && lane !== undefined ? laneLabel(lane) : null,
        names: lane?.names ?? [],
        figure: figures.edges.get(edge.id) ?? null,
        onInsert:
          onInsert === undefined || edge.kind === "aside"
            ? null
            : () => onInsert(placeBehind(graph, edge.from), lane?.names ?? []),
      },
    };
  });
}

/** The place in the list of processors right behind a node. */
function placeBehind(graph: PipelineGraph, id: string): number {
  const node = graph.nodes.find((found) => found.id === id);
  return node?.kind === "processor" ? node.index + 1 : 0;
}

function firstOf(graph: PipelineGraph, lane: string): string | undefined {
  return graph.edges.find((edge) => edge.kind === "flow" && edge.lane === lane)?.id;
}

import { Tooltip, VisuallyHidden } from "@mantine/core";
import { IconArrowsSplit2, IconDatabase, IconDatabaseExport, IconShieldCheck } from "@tabler/icons-react";
import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import type { GraphNode, NodeKind } from "@/graph/pipeline-graph";
import { t } from "@/lib/texts";
import classes from "./canvas.module.css";

export interface StepData extends Record<string, unknown> {
  readonly node: GraphNode;
  readonly ports: ReadonlyMap<string, number>;
  readonly selected: boolean;
  readonly broke: number;
  readonly problems: number;
  readonly onSelect: ((node: GraphNode) => void) | null;
}

export type StepNode = Node<StepData, "step">;

const ICONS: Record<NodeKind, typeof IconDatabase> = {
  source: IconDatabase,
  processor: IconShieldCheck,
  destination: IconDatabaseExport,
};

/** One step: a card across the lanes that it works on, with a port where each enters and leaves. */
export function CanvasNode({ data }: NodeProps<StepNode>) {
  const { node, ports, selected, broke, problems, onSelect } = data;
  const Icon = node.makes === null ? ICONS[node.kind] : IconArrowsSplit2;
  return (
    <>
      <Ports node={node} ports={ports} />
      <button
        type="button"
        className={classes.node}
        data-kind={node.kind}
        data-off={!node.enabled || undefined}
        data-selected={selected || undefined}
        data-problem={problems > 0 || undefined}
        aria-pressed={selected}
        onClick={() => onSelect?.(node)}
        disabled={onSelect === null}
      >
        <VisuallyHidden>{t.graph.kind[node.kind]}, </VisuallyHidden>
        <span className={classes.sign} aria-hidden>
          <Icon size={18} stroke={1.7} />
        </span>
        <span className={classes.words}>
          <span className={classes.name} title={node.label}>
            {node.label}
          </span>{" "}
          <span className={classes.about}>{about(node)}</span>
        </span>
        {!node.enabled && <span className={classes.tag}> {t.graph.off}</span>}
        {problems > 0 && (
          <span className={classes.problem} title={t.graph.problems(problems)}>
            {problems}
            <VisuallyHidden> {t.graph.problemsWord(problems)}</VisuallyHidden>
          </span>
        )}
        {broke > 0 && (
          <Tooltip label={t.graph.broke(broke)}>
            <span className={classes.broke}>{t.graph.brokeShort(broke)}</span>
          </Tooltip>
        )}
      </button>
    </>
  );
}

function about(node: GraphNode): string {
  if (node.kind === "processor" && node.lanes.length === 0) return t.graph.nothingSelected;
  if (node.makes !== null) return t.graph.makes(node.makes.replace(/^\+\d+\//, ""));
  return node.type !== null && node.type !== node.label ? node.type : t.graph.kind[node.kind];
}

function Ports({ node, ports }: { node: GraphNode; ports: ReadonlyMap<string, number> }) {
  const lanes = [...ports];
  return (
    <>
      {node.kind !== "source" &&
        lanes.map(([lane, top]) => (
          <Handle
            key={lane}
            id={lane}
            type="target"
            position={Position.Left}
            style={{ top }}
            className={classes.port}
            isConnectable={false}
          />
        ))}
      {node.kind === "processor" && (
        <Handle id="aside" type="target" position={Position.Top} className={classes.port} isConnectable={false} />
      )}
      {node.kind !== "destination" &&
        lanes.map(([lane, top]) => (
          <Handle
            key={lane}
            id={lane}
            type="source"
            position={Position.Right}
            style={{ top }}
            className={classes.port}
            isConnectable={false}
          />
        ))}
    </>
  );
}

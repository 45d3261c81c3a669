import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps, getSmoothStepPath } from "@xyflow/react";
import type { EdgeFigure } from "@/graph/figures";
import { ActionIcon, Tooltip } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { formatCompact, formatCount } from "@/lib/format";
import { t } from "@/lib/texts";
import classes from "./canvas.module.css";

export interface LaneData extends Record<string, unknown> {
  readonly aside: boolean;
  /** The stream's name where the lane begins; null further on. */
  readonly label: string | null;
  readonly names: readonly string[];
  readonly figure: EdgeFigure | null;
  /** Adds a processor here, on this lane. */
  readonly onInsert: (() => void) | null;
}

export type LaneEdge = Edge<LaneData, "lane">;

/** One stretch of a lane, with the stream's name where it begins and the rows that passed. */
export function CanvasEdge(props: EdgeProps<LaneEdge>) {
  const { sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data } = props;
  const straight = Math.abs(sourceY - targetY) < 1;
  const [path, x, y] = getSmoothStepPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, borderRadius: 14 });
  const figure = data?.figure ?? null;
  const first = data?.label !== null && data?.label !== undefined;
  // Where a lane bends, its words stand at its end, which no other lane shares.
  const at = straight || first ? { x: first ? (sourceX + Math.min(targetX, sourceX + 150)) / 2 : x, y: first ? sourceY : y } : { x: targetX - 48, y: targetY };
  return (
    <>
      <BaseEdge
        id={props.id}
        path={path}
        className={classes.lane}
        data-aside={data?.aside || undefined}
        data-state={figure?.state}
        style={{ strokeWidth: width(figure) }}
      />
      {data?.onInsert != null && (
        <EdgeLabelRenderer>
          <div className={classes.insert} style={{ transform: `translate(-50%, -50%) translate(${targetX - 22}px, ${targetY}px)` }}>
            <Insert label={t.graph.insert(data.names[0] ?? "")} onClick={data.onInsert} />
          </div>
        </EdgeLabelRenderer>
      )}
      {(first || figure !== null) && (
        <EdgeLabelRenderer>
          <div className={classes.label} style={{ transform: `translate(-50%, -50%) translate(${at.x}px, ${at.y}px)` }}>
            {first && (
              <span className={classes.stream} title={t.graph.streams(data?.names ?? [])}>
                {data?.label}
              </span>
            )}
            {figure !== null && <Figure figure={figure} />}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
}

function Insert({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" radius="xl" size={22} aria-label={label} onClick={onClick}>
        <IconPlus size={13} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

function Figure({ figure }: { figure: EdgeFigure }) {
  return (
    <span className={classes.figure} title={`${formatCount(figure.rows)} ${t.graph[figure.meaning]}`} data-meaning={figure.meaning}>
      <b>{formatCompact(figure.rows)}</b> {t.graph[figure.meaning]}
      {figure.rowsPerS !== null && <i>{t.graph.perSecond(figure.rowsPerS)}</i>}
    </span>
  );
}

/** Wider where more rows pass, by their order of magnitude. */
function width(figure: EdgeFigure | null): number {
  return figure === null ? 1.5 : 1.5 + Math.min(4, Math.log10(figure.rows + 1) * 0.6);
}

import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps, getSmoothStepPath } from "@xyflow/react";
import { type EdgeFigure, nameOnCanvas } from "@/graph/figures";
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
  const [path, x] = getSmoothStepPath({
    sourceX,
    sourceY,
    targetX,
    targetY,
    sourcePosition,
    targetPosition,
    borderRadius: 14,
  });
  const figure = data?.figure ?? null;
  const first = data?.label !== null && data?.label !== undefined;
  const read = figure?.read ?? null;
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
          <div
            className={classes.insert}
            style={{ transform: `translate(-50%, -50%) translate(${targetX - 22}px, ${targetY}px)` }}
          >
            <Insert label={t.graph.insert(nameOnCanvas(data.names[0] ?? ""))} onClick={data.onInsert} />
          </div>
        </EdgeLabelRenderer>
      )}
      <EdgeLabelRenderer>
        {(first || read !== null) && (
          <div className={classes.label} style={place((sourceX + Math.min(targetX, sourceX + 150)) / 2, sourceY)}>
            {first && (
              <span className={classes.stream} title={t.graph.streams((data?.names ?? []).map(nameOnCanvas))}>
                {data?.label}
              </span>
            )}
            {read !== null && <Figure rows={read} meaning="read" rowsPerS={figure?.rowsPerS ?? null} />}
          </div>
        )}
        {figure !== null && figure.rows !== null && (
          <div className={classes.label} style={place(straight ? Math.max(x, targetX - 90) : targetX - 48, targetY)}>
            <Figure rows={figure.rows} meaning={figure.meaning} rowsPerS={null} />
          </div>
        )}
      </EdgeLabelRenderer>
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

interface FigureProps {
  rows: number;
  meaning: "read" | EdgeFigure["meaning"];
  rowsPerS: number | null;
}

function Figure({ rows, meaning, rowsPerS }: FigureProps) {
  return (
    <span className={classes.figure} title={`${formatCount(rows)} ${t.graph[meaning]}`}>
      <b>{formatCompact(rows)}</b> {t.graph[meaning]}
      {rowsPerS !== null && <i>{t.graph.perSecond(rowsPerS)}</i>}
    </span>
  );
}

/** Centred on a point of the canvas. */
function place(x: number, y: number) {
  return { transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` };
}

/** Wider where more rows pass, by their order of magnitude. */
function width(figure: EdgeFigure | null): number {
  return figure === null ? 1.5 : 1.5 + Math.min(4, Math.log10((figure.rows ?? figure.read ?? 0) + 1) * 0.6);
}

import { lazy, Suspense, useMemo } from "react";
import { isLive } from "@/api/runs";
import type { RunDetail } from "@/api/types";
import { graphFigures, type StreamFigures } from "@/graph/figures";
import { pipelineGraph } from "@/graph/pipeline-graph";
import { formatCount, formatShare } from "@/lib/format";
import type { PipelineDocument } from "@/lib/pipeline-document";
import { t } from "@/lib/texts";
import { type Column, DataTable } from "@/ui/data-table";
import { Loading } from "@/ui/loading";
import { LongName } from "@/ui/long-name";
import { Panel } from "@/ui/panel";
import { StatusBadge } from "@/ui/status-badge";
import { figuresOf } from "./report";
import classes from "./run.module.css";

const PipelineCanvas = lazy(async () => ({ default: (await import("@/graph/canvas")).PipelineCanvas }));

/** The graph with what passed each edge, and the same figures per stream. */
export function Overview({ run }: { run: RunDetail }) {
  const streams = useMemo(() => figuresOf(run), [run]);
  const names = streams.map((stream) => stream.stream).join("\n");
  const graph = useMemo(
    () => pipelineGraph(run.document as PipelineDocument, { flowing: names === "" ? [] : names.split("\n") }),
    [run.document, names],
  );
  const figures = useMemo(() => graphFigures(graph, streams), [graph, streams]);
  return (
    <div className={classes.stack}>
      <Suspense fallback={<Loading lines={4} />}>
        <PipelineCanvas graph={graph} figures={figures} />
      </Suspense>
      {streams.length > 0 && (
        <Panel title={isLive(run) ? t.runs.progress : t.runs.loads} flush>
          <DataTable label={t.runs.loads} rows={streams} columns={COLUMNS} rowKey={(stream) => stream.stream} />
        </Panel>
      )}
    </div>
  );
}

const STATUS = { running: "running", succeeded: "succeeded", failed: "failed", cancelled: "cancelled" } as const;

const COLUMNS: Column<StreamFigures>[] = [
  {
    key: "stream",
    header: t.runs.load.stream,
    cell: (stream) => (
      <code>
        <LongName name={stream.stream} />
      </code>
    ),
  },
  { key: "status", header: t.runs.status, cell: (stream) => <StatusBadge status={STATUS[stream.state]} /> },
  { key: "progress", header: t.runs.progress, wideOnly: true, cell: (stream) => <Progress stream={stream} /> },
  ...(["read", "filtered", "rejected", "deduplicated"] as const).map((key) => ({
    key,
    header: t.runs[key],
    align: "right" as const,
    wideOnly: key === "filtered" || key === "deduplicated",
    cell: (stream: StreamFigures) => formatCount(stream[key]),
  })),
  {
    key: "written",
    header: t.runs.written,
    align: "right",
    cell: (stream) => (stream.written.size === 0 ? "–" : [...stream.written.values()].map(formatCount).join(", ")),
  },
  {
    key: "speed",
    header: t.runs.rowsPerS,
    align: "right",
    wideOnly: true,
    cell: (stream) => (stream.rowsPerS === null ? "–" : formatCount(Math.round(stream.rowsPerS))),
  },
];

function Progress({ stream }: { stream: StreamFigures }) {
  const estimate = stream.rowEstimate;
  if (stream.state !== "running" || estimate === null || estimate === 0) return null;
  const share = Math.min(1, stream.read / estimate);
  return (
    <div
      className={classes.meter}
      role="progressbar"
      aria-label={stream.stream}
      aria-valuenow={Math.round(share * 100)}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <div style={{ width: `${share * 100}%` }} />
      <span>{formatShare(Math.round(share * 100) / 100)}</span>
    </div>
  );
}

import { formatCompact, formatCount } from "../format";

export const graph = {
  label: "The pipeline as a graph: sources on the left, processors in order, destinations on the right",
  kind: { source: "Source", processor: "Processor", destination: "Destination" },
  off: "off",
  nothingSelected: "selects no stream",
  makes: (stream: string) => `makes ${stream}`,
  broke: (rows: number) =>
    `${formatCount(rows)} ${rows === 1 ? "row" : "rows"} rejected here; one that broke two rules may count twice`,
  brokeShort: (rows: number) => `${formatCompact(rows)} rejected`,
  allStreams: "all streams",
  problems: (count: number) => `${count} ${count === 1 ? "problem" : "problems"}`,
  problemsWord: (count: number) => (count === 1 ? "problem" : "problems"),
  insert: (stream: string) => `Add a processor for ${stream} here`,
  read: "read",
  passing: "on the way",
  written: "written",
  filtered: "filtered",
  rejected: "rejected",
  deduplicated: "deduplicated",
  perSecond: (rows: number) => `${formatCompact(rows)} rows/s`,
  fit: "Fit to view",
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  streams: (names: readonly string[]) => names.join(", "),
};

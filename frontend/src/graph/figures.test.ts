import { expect, it } from "vitest";
import { graphFigures, laneLabel, type StreamFigures } from "@/graph/figures";
import { pipelineGraph } from "@/graph/pipeline-graph";

const graph = pipelineGraph({
  sources: [{ connector: "shop", streams: ["orders", "dim_*"] }],
  processors: [{ type: "quality", streams: "orders" }],
  destinations: ["lake", "warehouse"],
});

function stream(name: string, more: Partial<StreamFigures>): StreamFigures {
  const none = { read: 0, filtered: 0, rejected: 0, deduplicated: 0, passed: 0, rowEstimate: null, rowsPerS: null };
  return { stream: name, ...none, written: new Map(), broke: new Map(), state: "running", ...more };
}

it("a lane's first edge shows what was read, its last what each destination committed", () => {
  const orders = stream("orders", {
    read: 100,
    rejected: 3,
    written: new Map([
      ["lake", 97],
      ["warehouse", 90],
    ]),
    broke: new Map([[1, 3]]),
    state: "succeeded",
  });
  const { edges, broke } = graphFigures(graph, [orders]);
  expect(edges.get("source:0→processor:0@0/orders")).toMatchObject({ read: 100, rows: null });
  expect(edges.get("processor:0→destination:1@0/orders")).toMatchObject({ read: null, rows: 90, meaning: "written" });
  expect(broke.get("processor:0")).toBe(3);
});

it("streams of a glob add up, and say what passes until all are committed", () => {
  const day = stream("dim_day", {
    read: 10,
    passed: 10,
    written: new Map([["lake", 10]]),
    state: "succeeded",
    rowsPerS: 5,
  });
  const { edges, lanes } = graphFigures(graph, [day, stream("dim_shop", { read: 5, passed: 4, rowsPerS: 7 })]);
  expect(edges.get("source:0→destination:0@0/dim_*")).toMatchObject({
    read: 15,
    rows: 14,
    meaning: "passing",
    rowsPerS: 12,
  });
  expect(lanes.get("0/dim_*")).toMatchObject({ streams: 2, state: "running" });
});

it("a source whose streams are not known is named in words", () => {
  expect(pipelineGraph({ sources: ["shop"], destinations: ["lake"] }).lanes.map(laneLabel)).toEqual(["all streams"]);
});

it("of a failed stream nothing is on the way any more", () => {
  const { edges } = graphFigures(graph, [stream("orders", { read: 100, passed: 80, state: "failed" })]);
  expect(edges.get("processor:0→destination:1@0/orders")).toMatchObject({ rows: 0, meaning: "written" });
});

it("a failed stream makes its lane failed", () => {
  const figures = graphFigures(graph, [stream("dim_a", { state: "succeeded" }), stream("dim_b", { state: "failed" })]);
  expect(figures.lanes.get("0/dim_*")?.state).toBe("failed");
});

import { describe, expect, it } from "vitest";
import { laneOfStream } from "@/graph/lanes";
import { layout, ROW } from "@/graph/layout";
import { pipelineGraph } from "@/graph/pipeline-graph";
import type { PipelineDocument } from "@/lib/pipeline-document";

const shop: PipelineDocument = {
  sources: [{ connector: "shop", streams: [{ name: "orders", mode: "incremental" }, "customers", "dim_*"] }],
  processors: [
    { type: "filter", streams: "orders", config: { where: "status <> 'test'" } },
    {
      type: "quality",
      streams: ["orders", "customers"],
      config: { rules: [{ rule: "foreign_key", stream: "dim_day" }] },
    },
    "protect",
    {
      type: "sql",
      config: {
        stream: "per_country",
        query: "SELECT country, count(*) FROM orders JOIN customers USING (id) GROUP BY 1",
      },
    },
  ],
  destinations: [{ connector: "warehouse" }],
};
const edges = (graph: ReturnType<typeof pipelineGraph>): string[] => graph.edges.map((edge) => edge.id);

describe("the graph of a pipeline", () => {
  it("has a lane per chosen stream, and one per stream that a step makes", () => {
    expect(pipelineGraph(shop).lanes.map((lane) => lane.names)).toEqual([
      ["orders"],
      ["customers"],
      ["dim_*"],
      ["per_country"],
    ]);
  });

  it("draws a step across the neighbouring lanes it works on", () => {
    const nodes = pipelineGraph(shop).nodes.filter((node) => node.kind === "processor");
    expect(nodes.map((node) => [node.label, node.lanes.length])).toEqual([
      ["filter", 1],
      ["quality", 2],
      ["protect", 3],
      ["sql", 1],
    ]);
  });

  it("splits a step whose lanes do not lie next to each other", () => {
    const graph = pipelineGraph({ ...shop, processors: [{ type: "cast", exclude: "customers" }] });
    expect(graph.nodes.filter((node) => node.kind === "processor").map((node) => node.id)).toEqual([
      "processor:0",
      "processor:0/1",
    ]);
  });

  it("lets a stream pass the steps that do not select it", () => {
    expect(edges(pipelineGraph(shop))).toContain("source:0→processor:2@0/dim_*");
  });

  it("leads the streams of a query to the step that asks, and the new stream on from there", () => {
    const found = edges(pipelineGraph(shop));
    expect(found).toContain("aside:processor:2→processor:3@0/orders");
    expect(found).toContain("aside:processor:2→processor:3@0/customers");
    expect(found).toContain("processor:3→destination:0@+3/per_country");
    expect(found).not.toContain("aside:processor:2→processor:3@0/dim_*");
  });

  it("leads every lane to every destination that takes it", () => {
    const graph = pipelineGraph({
      ...shop,
      processors: [],
      destinations: ["warehouse", { connector: "lake", streams: ["orders"] }],
    });
    expect(graph.edges.filter((edge) => edge.to === "destination:1").map((edge) => edge.lane)).toEqual(["0/orders"]);
    expect(graph.edges.filter((edge) => edge.to === "destination:0")).toHaveLength(3);
  });

  it("lets steps on other lanes stand side by side, and behind what they look at", () => {
    const graph = pipelineGraph({
      ...shop,
      processors: [
        { type: "filter", streams: "orders" },
        { type: "cast", streams: "customers" },
        { type: "lookup", streams: "orders", config: { stream: "customers" } },
        { type: "quality", streams: "dim_*" },
      ],
    });
    const columns = graph.nodes.filter((node) => node.kind === "processor").map((node) => [node.label, node.column]);
    expect(columns).toEqual([
      ["filter", 1],
      ["cast", 1],
      ["lookup", 2],
      ["quality", 1],
    ]);
    expect(edges(graph)).toContain("aside:processor:1→processor:2@0/customers");
  });

  it("keeps a step that selects nothing in sight", () => {
    const graph = pipelineGraph({ ...shop, processors: [{ type: "cast", streams: "typo" }] });
    expect(graph.nodes.find((node) => node.label === "cast")?.lanes).toEqual([]);
    expect(layout(graph).boxes.get("processor:0")?.y).toBeGreaterThanOrEqual(3 * ROW);
  });

  it("resolves globs with the names of the source, the very name winning over the glob", () => {
    const sources = [{ connector: "shop", streams: [{ name: "*", exclude: "tmp_*", alias: "crm_{name}" }, "orders"] }];
    const known = new Map([[0, ["orders", "public.customers", "tmp_1"]]]);
    expect(pipelineGraph({ ...shop, processors: [], sources }, { known }).lanes.map((lane) => lane.names[0])).toEqual([
      "crm_customers",
      "orders",
    ]);
  });

  it("resolves globs with the names of a run", () => {
    const graph = pipelineGraph(shop, { flowing: ["orders", "dim_day", "dim_shop"] });
    expect(graph.lanes.map((lane) => lane.names[0])).toEqual([
      "orders",
      "customers",
      "dim_day",
      "dim_shop",
      "per_country",
    ]);
  });

  it("leaves a glob what neither another source names nor a step makes", () => {
    const sources = ["shop", { connector: "crm", streams: [{ name: "people", alias: "crm_{name}" }] }];
    const flowing = ["orders", "crm_people", "per_country"];
    const { lanes } = pipelineGraph({ ...shop, sources }, { flowing });
    expect(lanes.map((lane) => [lane.source, ...lane.names])).toEqual([
      [0, "orders"],
      [1, "crm_people"],
      [null, "per_country"],
    ]);
  });

  it("draws lanes together that take the same way when there are many", () => {
    const known = new Map([[0, Array.from({ length: 200 }, (_, at) => `dim_${String(at)}`)]]);
    const graph = pipelineGraph(shop, { known });
    expect(graph.lanes.map((lane) => lane.names.length)).toEqual([1, 1, 200, 1]);
    expect(laneOfStream(graph.lanes, "dim_7")?.names).toHaveLength(200);
  });

  it("takes the type of a saved processor from what is saved", () => {
    const saved = new Map([["protect", { type: "anonymize", config: {} }]]);
    expect(pipelineGraph(shop, { saved }).nodes.find((node) => node.label === "protect")?.type).toBe("anonymize");
  });
});

describe("the layout", () => {
  it("is a column per step and a row per lane, so that lanes are straight", () => {
    const graph = pipelineGraph(shop);
    const placed = layout(graph);
    const heights = graph.nodes
      .filter((node) => node.lanes.includes("0/customers"))
      .map((node) => (placed.boxes.get(node.id)?.y ?? 0) + (placed.ports.get(node.id)?.get("0/customers") ?? 0));
    expect(new Set(heights)).toEqual(new Set([ROW * 1.5]));
  });

  it("lets no two nodes lie on each other", () => {
    const graph = pipelineGraph({ ...shop, destinations: ["a", "b", "c"] });
    const boxes = [...layout(graph).boxes.values()];
    const overlaps = boxes.flatMap((one, at) =>
      boxes.slice(at + 1).filter((two) => one.x === two.x && one.y < two.y + two.height && two.y < one.y + one.height),
    );
    expect(overlaps).toEqual([]);
  });
});

import { expect, it } from "vitest";
import { parsePath, startsWith, withinPipeline, writePath } from "@/lib/document-path";

it("paths are read and written as the server writes them", () => {
  const text = 'pipelines."my.shop".sources[0].streams[12].mode';
  expect(parsePath(text)).toEqual(["pipelines", "my.shop", "sources", 0, "streams", 12, "mode"]);
  expect(writePath(parsePath(text))).toBe(text);
});

it("a path of the project is cut to the pipeline's own", () => {
  expect(withinPipeline(parsePath("pipelines.orders.processors[1].config"))).toEqual(["processors", 1, "config"]);
  expect(withinPipeline(parsePath("processors[1]"))).toEqual(["processors", 1]);
});

it("a problem below a step belongs to the step, and to no neighbour", () => {
  expect(startsWith(parsePath("processors[1].config.where"), ["processors", 1])).toBe(true);
  expect(startsWith(parsePath("processors[10]"), ["processors", 1])).toBe(false);
});

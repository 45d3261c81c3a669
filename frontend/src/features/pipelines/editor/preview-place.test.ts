import { expect, it } from "vitest";
import { previewable, reachedBy, streamFor } from "@/features/pipelines/editor/preview-place";
import { readProcessors } from "@/lib/pipeline-document";

const steps = readProcessors({
  processors: [
    { type: "filter", streams: "orders" },
    { type: "cast", streams: "customers" },
    { type: "quality", streams: "orders", enabled: false },
    { type: "anonymize", streams: "customers" },
  ],
});

it("a stream is looked at behind the last step that worked on it", () => {
  expect(reachedBy(steps, "orders", 4)).toBe(1);
  expect(reachedBy(steps, "customers", 3)).toBe(2);
  expect(reachedBy(steps, "customers", null)).toBe(4);
  expect(reachedBy(steps, "products", null)).toBe(0);
});

it("behind a step stands a stream that it works on", () => {
  const streams = ["orders", "customers", "products"];
  expect(streamFor(steps, streams, "orders", 4)).toBe("customers");
  expect(streamFor(steps, streams, "customers", 4)).toBe("customers");
  expect(streamFor(steps, streams, "products", 0)).toBe("products");
  expect(streamFor(steps, streams, null, null)).toBe("orders");
});

it("steps with problems are left out of a preview, and a broken source leaves nothing to see", () => {
  const document = {
    sources: ["shop"],
    processors: [{ type: "quality", config: { rules: [{ rule: "inn" }] } }, "protect"],
    destinations: ["lake"],
  };
  const problem = (path: string) => ({ path, code: "config.missing_key", message: "missing" });
  expect(previewable(document, [problem("processors[0].config.rules[0].rule")])?.["processors"]).toEqual([
    { type: "filter", enabled: false, config: { where: "true" } },
    "protect",
  ]);
  expect(previewable(document, [problem("sources[0].streams[0]")])).toBeNull();
  expect(previewable(document, [])).toBe(document);
  // The draft under way has no destination yet; another one stands in.
  expect(previewable(document, [problem("destinations")])).toBe(document);
  expect(previewable({ ...document, destinations: [] }, [problem("destinations")])).toBeNull();
});

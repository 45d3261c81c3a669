import { expect, it } from "vitest";
import { choiceOf, entriesOf, readsAll, setCursor, setMode } from "@/features/pipelines/streams/choice";
import type { PipelineDocument } from "@/lib/pipeline-document";

const shop: PipelineDocument = {
  sources: [{ connector: "shop", streams: [{ name: "dim_*", exclude: "dim_tmp" }, "orders"] }],
  destinations: ["lake"],
};
const orders = { name: "orders", cursors: ["updated_at", "id"] };

it("a stream is read by its name, by a glob, or not at all", () => {
  const entries = entriesOf(shop, 0);
  expect(choiceOf(entries, "orders")).toMatchObject({ at: 1, pattern: null });
  expect(choiceOf(entries, "dim_day")).toMatchObject({ at: 0, pattern: "dim_*" });
  expect(choiceOf(entries, "dim_tmp").at).toBe(-1);
  expect(choiceOf(entries, "customers").at).toBe(-1);
});

it("without a list all streams are read", () => {
  expect(readsAll({ sources: ["shop"] }, 0)).toBe(true);
  expect(readsAll(shop, 0)).toBe(false);
});

it("incremental takes the source's own cursor, and full forgets what only incremental needs", () => {
  const incremental = setMode(shop, 0, orders, "incremental");
  expect(entriesOf(incremental, 0)[1]).toMatchObject({ mode: "incremental", cursor: "updated_at" });
  expect(setMode(incremental, 0, orders, "full")).toEqual(shop);
});

it("a stream that a glob brings gets an entry of its own when it is to be read otherwise", () => {
  const changed = setCursor(setMode(shop, 0, { name: "dim_day", cursors: [] }, "incremental"), 0, "dim_day", "changed");
  expect(entriesOf(changed, 0).map((entry) => [entry.name, entry.cursor])).toEqual([
    ["dim_*", null],
    ["orders", null],
    ["dim_day", "changed"],
  ]);
});

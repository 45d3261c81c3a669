import { describe, expect, it } from "vitest";
import {
  addStep,
  changeStep,
  changeStream,
  chooseStream,
  chooseStreams,
  leaveOut,
  duplicateStep,
  enableStep,
  moveStep,
  removeStep,
} from "@/features/pipelines/document/edit";
import { edit, editText, isDirty, markSaved, openDraft, redo, undo } from "@/features/pipelines/document/history";
import { parseYaml, toYaml, writeInto } from "@/features/pipelines/document/yaml-text";
import { lineOf } from "@/lib/yaml-lines";
import type { PipelineDocument } from "@/lib/pipeline-document";

const shop: PipelineDocument = {
  sources: ["shop"],
  processors: [{ type: "filter", config: { where: "a > 1" } }, "protect"],
  destinations: [{ connector: "warehouse", write: "merge" }],
};

describe("edits", () => {
  it("leave the document they were given alone", () => {
    const before = JSON.stringify(shop);
    moveStep(removeStep(addStep(shop, "processors", "x"), "processors", 0), "processors", 0, 1);
    expect(JSON.stringify(shop)).toBe(before);
  });

  it("move a step by one place, and not beyond the ends", () => {
    expect(moveStep(shop, "processors", 0, 1)["processors"]).toEqual([
      "protect",
      { type: "filter", config: { where: "a > 1" } },
    ]);
    expect(moveStep(shop, "processors", 0, 2)).toBe(shop);
    expect(moveStep(shop, "processors", 0, -1)).toBe(shop);
  });

  it("write out a short step when it must say more, and write it short again", () => {
    const off = enableStep(shop, 1, false);
    expect(off["processors"]).toContainEqual({ processor: "protect", enabled: false });
    expect(enableStep(off, 1, true)).toEqual(shop);
  });

  it("write no empty list of processors", () => {
    expect(removeStep(removeStep(shop, "processors", 1), "processors", 0)).not.toHaveProperty("processors");
  });

  it("let streams by name take the place of all streams", () => {
    const chosen = chooseStream(chooseStream(shop, 0, "orders", true), 0, "customers", true);
    expect(chosen["sources"]).toEqual([{ connector: "shop", streams: ["orders", "customers"] }]);
    const incremental = changeStream(chosen, 0, 0, { mode: "incremental", cursor: "updated_at" });
    expect(chooseStream(incremental, 0, "customers", false)["sources"]).toEqual([
      { connector: "shop", streams: [{ name: "orders", mode: "incremental", cursor: "updated_at" }] },
    ]);
  });

  it("leave one stream out of all of them, and take it in again", () => {
    const without = leaveOut(shop, 0, "orders", true);
    expect(without["sources"]).toEqual([{ connector: "shop", streams: [{ name: "*", exclude: ["orders"] }] }]);
    expect(leaveOut(without, 0, "orders", false)).toEqual(shop);
  });

  it("keep what was said about a stream that is chosen again", () => {
    const said = changeStream(chooseStreams(shop, 0, ["a", "b"]), 0, 1, { mode: "incremental" });
    expect(chooseStreams(said, 0, ["b", "c"])["sources"]).toEqual([
      { connector: "shop", streams: [{ name: "b", mode: "incremental" }, "c"] },
    ]);
  });

  it("put a new section where people read it", () => {
    const bare: PipelineDocument = { sources: ["shop"], destinations: ["lake"], verify: "checksum" };
    expect(Object.keys(addStep(bare, "processors", "protect"))).toEqual([
      "sources",
      "processors",
      "destinations",
      "verify",
    ]);
  });

  it("give a copy no name, since names of steps differ", () => {
    const named = changeStep(shop, "processors", 0, { name: "big_only" });
    expect(duplicateStep(named, "processors", 0)["processors"]).toEqual([
      { type: "filter", config: { where: "a > 1" }, name: "big_only" },
      { type: "filter", config: { where: "a > 1" } },
      "protect",
    ]);
  });
});

const commented = `# every night
sources:
  - connector: shop # the old one
    streams: [orders, customers]
processors:
  # test orders are no orders
  - type: filter
    config: {where: "status <> 'test'"}
  - protect # GDPR
destinations:
  - warehouse
`;
function read(text: string): PipelineDocument {
  const parsed = parseYaml(text);
  if (!parsed.ok) throw new Error(parsed.faults[0]?.message);
  return parsed.document;
}

describe("YAML", () => {
  it("is read back as it was written", () => {
    expect(read(toYaml(shop))).toEqual(shop);
    expect(read('sources: [no, 12:30]\nx: "{name}"')).toEqual({ sources: ["no", "12:30"], x: "{name}" });
  });

  it("stays as it is when nothing changed", () => {
    expect(writeInto(commented, read(commented))).toBe(commented);
  });

  it("keeps comments when a step is moved", () => {
    const text = writeInto(commented, moveStep(read(commented), "processors", 0, 1));
    expect(text).toContain("- protect # GDPR");
    expect(text).toContain("# test orders are no orders\n  - type: filter");
    expect(text.indexOf("protect")).toBeLessThan(text.indexOf("filter"));
  });

  it("keeps comments when a step says more", () => {
    const text = writeInto(commented, enableStep(read(commented), 1, false));
    expect(text).toContain("# GDPR");
    expect(text).toContain("# every night");
    expect(read(text)).toEqual(enableStep(read(commented), 1, false));
  });

  it("gives the document that was meant, whatever stood in the text", () => {
    const anchored =
      "sources: [&s shop]\nprocessors:\n  - &f {type: filter, config: {where: a}}\n  - <<: *f\n    name: two\ndestinations: [*s]\n";
    const document = changeStep(read(anchored), "processors", 1, { name: "three" });
    expect(read(writeInto(anchored, document))).toEqual(document);
  });

  it("says where it cannot be read", () => {
    const parsed = parseYaml("sources:\n  - a\n b: [");
    expect(parsed.ok).toBe(false);
    expect(parsed.ok ? 0 : parsed.faults[0]?.line).toBe(3);
    expect(parseYaml("- a").ok).toBe(false);
  });

  it("finds the line of a path, or of the nearest thing above it", () => {
    expect(lineOf(commented, ["processors", 0, "config", "where"])).toBe(8);
    expect(lineOf(commented, ["processors", 0, "streams"])).toBe(7);
    expect(lineOf(commented, ["engine"])).toBe(1);
  });
});

describe("a draft", () => {
  it("goes back and forth, and drops the way forth after a new edit", () => {
    const first = edit(openDraft(shop), enableStep(shop, 0, false));
    expect(undo(first).document).toEqual(shop);
    expect(redo(undo(first)).document).toEqual(first.document);
    expect(edit(undo(first), enableStep(shop, 1, false)).future).toEqual([]);
  });

  it("keeps the last readable document while the text cannot be read", () => {
    const broken = editText(openDraft(shop), "sources: [");
    expect(broken.document).toEqual(shop);
    expect(broken.faults).not.toEqual([]);
    expect(isDirty(broken)).toBe(true);
    expect(undo(broken).faults).toEqual([]);
  });

  it("takes typing as one edit", () => {
    const typed = editText(editText(openDraft(shop), "sources: [a]"), "sources: [ab]");
    expect(typed.past).toHaveLength(1);
    expect(edit(typed, addStep(typed.document, "destinations", "x")).past).toHaveLength(2);
  });

  it("is clean after saving, and keeps the way back", () => {
    const changed = edit(openDraft(shop), enableStep(shop, 0, false));
    const saved = markSaved(changed, changed.document);
    expect(isDirty(saved)).toBe(false);
    expect(isDirty(undo(saved))).toBe(true);
  });
});

import { expect, it } from "vitest";
import { furthest, mayOpen, neighbour, suggestedName } from "@/features/pipelines/create/first-steps";

it("what comes later can be opened once what it needs is there", () => {
  expect(furthest({ sources: [], destinations: [] })).toBe("source");
  expect(mayOpen({ sources: ["shop"], destinations: [] }, "processors")).toBe(true);
  expect(mayOpen({ sources: ["shop"], destinations: [] }, "preview")).toBe(false);
  expect(mayOpen({ sources: ["shop"], destinations: ["lake"] }, "save")).toBe(true);
  expect(neighbour("save", 1)).toBeNull();
});

it("the suggested name says from where to where, and is free", () => {
  const document = { sources: ["my shop"], destinations: [{ connector: "lake" }] };
  expect(suggestedName(document, [])).toBe("my_shop_to_lake");
  expect(suggestedName(document, ["my_shop_to_lake"])).toBe("my_shop_to_lake_2");
});

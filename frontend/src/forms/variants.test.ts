import { describe, expect, it } from "vitest";
import { moveTo, spelledOut, variantIndex, variantsOf } from "./variants";

const schema = {
  anyOf: [
    {
      oneOf: [
        { type: "object", required: ["method"], properties: { method: { const: "hash" }, key: { type: "string" } } },
        { type: "object", required: ["method"], properties: { method: { const: "mask" }, key: { type: "string" } } },
      ],
    },
    { type: "string", enum: ["hash"] },
  ],
};

describe("variants", () => {
  const variants = variantsOf(schema);
  const at = (index: number) => {
    const found = variants[index];
    if (!found) throw new Error(`no variant ${index}`);
    return found;
  };

  it("lays nested choices flat and folds a bare name into the shape it names", () => {
    expect(variants.map((one) => [one.label, one.shorthand])).toEqual([
      ["hash", "hash"],
      ["mask", undefined],
    ]);
  });

  it("finds the shape of the data, written short or long", () => {
    expect(variantIndex(variants, "hash")).toBe(0);
    expect(variantIndex(variants, { method: "mask" })).toBe(1);
  });

  it("keeps settings that the next shape knows, too", () => {
    expect(moveTo(at(1), { method: "hash", key: "k", other: 1 })).toEqual({ method: "mask", key: "k" });
  });

  it("writes a bare name out for the form", () => {
    expect(spelledOut(at(0), "hash")).toEqual({ method: "hash" });
  });

  it("offers a shape per value when one class stands for several rules", () => {
    const statistic = { properties: { rule: { enum: ["min", "max"] } }, required: ["rule"] };
    expect(variantsOf({ oneOf: [statistic] }).map((one) => one.label)).toEqual(["min", "max"]);
  });
});

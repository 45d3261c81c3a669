import { describe, expect, it } from "vitest";
import { findErrors } from "./find-errors";
import type { Schema } from "./schema";

const mask: Schema = {
  type: "object",
  additionalProperties: false,
  required: ["method"],
  properties: { method: { const: "mask" }, keep_last: { type: "integer", minimum: 0 } },
};
const fake: Schema = {
  type: "object",
  additionalProperties: false,
  required: ["method", "kind"],
  properties: { method: { const: "fake" }, kind: { type: "string", enum: ["name", "email"] } },
};
const protect: Schema = {
  type: "object",
  properties: {
    columns: {
      type: "object",
      additionalProperties: { anyOf: [{ oneOf: [mask, fake] }, { type: "string", enum: ["mask"] }] },
    },
  },
};

describe("findErrors", () => {
  it("judges a setting by the shape it has, and not by the others", () => {
    expect(findErrors(protect, { columns: { name: { method: "fake" } } })).toEqual([
      { path: ["columns", "name", "kind"], message: "Needs a value" },
    ]);
  });

  it("takes the bare name of a method for that method", () => {
    expect(findErrors(protect, { columns: { phone: "mask" } })).toEqual([]);
  });

  it("says what a number must be", () => {
    expect(findErrors(protect, { columns: { phone: { method: "mask", keep_last: -1 } } })).toEqual([
      { path: ["columns", "phone", "keep_last"], message: "Must be at least 0" },
    ]);
  });

  it("names a setting that does not exist", () => {
    const found = findErrors({ type: "object", properties: {}, additionalProperties: false }, { hots: "db" });
    expect(found).toEqual([{ path: ["hots"], message: "There is no such setting" }]);
  });

  it("lets a reference stand where only the worker can know the value", () => {
    const port: Schema = { type: "object", properties: { port: { type: "integer" } } };
    expect(findErrors(port, { port: "${env:DB_PORT}" })).toEqual([]);
    expect(findErrors(port, { port: "many" })).toEqual([{ path: ["port"], message: "Must be a whole number" }]);
  });

  it("takes null for a secret that is to be cleared", () => {
    const schema: Schema = { type: "object", properties: { password: { type: "string", format: "password" } } };
    expect(findErrors(schema, { password: null })).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import { prepareSchema } from "./prepare-schema";
import type { Schema } from "./schema";

const optional = (schema: Schema): Schema => ({ anyOf: [schema, { type: "null" }], default: null });

describe("prepareSchema", () => {
  it("takes `X or null` for an optional X and forgets the null default", () => {
    const { schema } = prepareSchema({ properties: { host: { ...optional({ type: "string" }), title: "Host" } } });
    expect(schema.properties?.host).toEqual({ type: "string", title: "Host", "x-nullable": true });
  });

  it("puts what a reference names in its place, with the title that stands beside the reference", () => {
    const { schema } = prepareSchema({
      $defs: { Order: { type: "object", title: "Order", properties: { column: { type: "string" } } } },
      properties: { order: { $ref: "#/$defs/Order", title: "Sorted by" } },
    });
    expect(schema.properties?.order).toEqual({
      type: "object",
      title: "Sorted by",
      properties: { column: { type: "string" } },
    });
  });

  it("ends when a schema holds itself", () => {
    const node: Schema = { type: "object", properties: { child: { $ref: "#/$defs/Node" } } };
    expect(() =>
      prepareSchema({ $defs: { Node: node }, properties: { root: { $ref: "#/$defs/Node" } } }),
    ).not.toThrow();
  });

  it("no longer requires a secret that is stored", () => {
    const source: Schema = {
      type: "object",
      required: ["user", "password"],
      properties: { user: { type: "string" }, password: { type: "string", format: "password" } },
    };
    expect(prepareSchema(source, new Set(["password"])).schema.required).toEqual(["user"]);
  });

  it.each<[string, Schema, string]>([
    ["a secret", { type: "string", format: "password" }, "ui:widget=secret"],
    ["one of a few", { type: "string", enum: ["a", "b"] }, "ui:widget=select"],
    ["a map of types", { type: "object", additionalProperties: { type: "string" } }, "ui:field=map"],
    ["names", { type: "array", items: { type: "string" } }, "ui:field=tags"],
    ["rules", { type: "array", items: { type: "object", properties: {} } }, "ui:field=list"],
    ["a number or a text", { anyOf: [{ type: "integer" }, { type: "string" }] }, "ui:field=scalar"],
    ["a text or settings", { anyOf: [{ type: "string" }, { type: "object", properties: {} }] }, "ui:field=union"],
    ["anything", {}, "ui:field=json"],
  ])("draws %s with its own field", (_name, schema, expected) => {
    const [key = "", value] = expected.split("=");
    const { ui } = prepareSchema({ type: "object", properties: { it: schema } });
    expect((ui.it as Record<string, unknown>)[key]).toBe(value);
  });
});

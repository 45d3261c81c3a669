import { isMap, isScalar, isSecret, type Schema } from "./schema";
import { variantsOf } from "./variants";

export type Ui = Record<string, unknown>;
export interface Prepared {
  schema: Schema;
  ui: Ui;
}

const MAX_DEPTH = 12;
const LONG_SQL = new Set(["query"]);
const SHORT_SQL = new Set(["where", "condition", "expression", "having"]);
const REPLACES = { "ui:fieldReplacesAnyOrOneOf": true };

/**
 * A plugin's JSON Schema as the form wants it, with the field for each setting: references resolved, "or null" taken
 * for optional, secrets that are stored already no longer required.
 */
export function prepareSchema(source: Schema, stored: ReadonlySet<string> = new Set()): Prepared {
  const schema = resolved(source, source.$defs ?? {}, 0);
  const { $defs: _, ...root } = withoutStored(schema, stored, []);
  return { schema: root, ui: uiOf(root, "") };
}

/** References in place of what they name; deeper than MAX_DEPTH a schema that holds itself becomes free JSON. */
function resolved(schema: Schema, defs: Record<string, Schema>, depth: number): Schema {
  if (depth > MAX_DEPTH) return { ...(schema.title ? { title: schema.title } : {}) };
  if (schema.$ref) {
    const { $ref, ...own } = schema;
    const named = defs[$ref.slice($ref.lastIndexOf("/") + 1)] ?? {};
    return resolved({ ...named, ...own }, defs, depth + 1);
  }
  const down = (one: Schema) => resolved(one, defs, depth + 1);
  const out: Schema = { ...schema };
  if (schema.properties) {
    out.properties = Object.fromEntries(Object.entries(schema.properties).map(([name, one]) => [name, down(one)]));
  }
  if (schema.items) out.items = down(schema.items);
  if (typeof schema.additionalProperties === "object") out.additionalProperties = down(schema.additionalProperties);
  if (schema.anyOf) out.anyOf = schema.anyOf.map(down);
  if (schema.oneOf) out.oneOf = schema.oneOf.map(down);
  return withoutNull(out);
}

/** `X or null` is an optional X. */
function withoutNull(schema: Schema): Schema {
  const { anyOf, default: standard, ...rest } = schema;
  const out: Schema = standard === null || standard === undefined ? rest : { ...rest, default: standard };
  if (!anyOf) return out;
  const shapes = anyOf.filter((one) => one.type !== "null");
  const nullable = shapes.length < anyOf.length ? { "x-nullable": true } : {};
  const [only] = shapes;
  if (shapes.length === 1 && only) return { ...only, ...out, ...nullable };
  return { ...out, anyOf: shapes, ...nullable };
}

function withoutStored(schema: Schema, stored: ReadonlySet<string>, path: string[]): Schema {
  if (!schema.properties || stored.size === 0) return schema;
  const properties = Object.fromEntries(
    Object.entries(schema.properties).map(([name, one]) => [name, withoutStored(one, stored, [...path, name])]),
  );
  const required = (schema.required ?? []).filter((name) => !stored.has([...path, name].join(".")));
  return { ...schema, properties, required };
}

/** Which field draws each setting. */
function uiOf(schema: Schema, name: string): Ui {
  if (schema.anyOf || schema.oneOf) {
    const variants = variantsOf(schema);
    if (variants.every((one) => isScalar(one.schema) && !one.tag)) return { "ui:field": "scalar", ...REPLACES };
    return { "ui:field": "union", ...REPLACES };
  }
  if (schema.const !== undefined) return { "ui:widget": "hidden" };
  if (schema.type === "array") {
    const scalars = schema.items === undefined || isScalar(schema.items) || scalarUnion(schema.items);
    return { "ui:field": scalars ? "tags" : "list" };
  }
  if (isMap(schema)) return { "ui:field": "map" };
  if (schema.properties && schema["x-nullable"]) return { "ui:field": "group" };
  if (schema.properties) {
    return Object.fromEntries(Object.entries(schema.properties).map(([key, one]) => [key, uiOf(one, key)]));
  }
  if (schema.enum) return { "ui:widget": "select" };
  if (schema.type === "string") return { "ui:widget": textWidget(schema, name) };
  if (schema.type === "boolean") return { "ui:widget": "toggle" };
  if (schema.type === "number" || schema.type === "integer") return { "ui:widget": "figure" };
  return { "ui:field": "json", ...REPLACES };
}

/** The field of a part that a field of ours draws: an item, an entry, a variant. */
export const uiOfPart = (schema: Schema, name = ""): Ui => uiOf(schema, name);

const scalarUnion = (schema: Schema): boolean => (schema.anyOf ?? schema.oneOf)?.every(isScalar) ?? false;

function textWidget(schema: Schema, name: string): string {
  if (isSecret(schema)) return "secret";
  if (LONG_SQL.has(name)) return "sql";
  if (SHORT_SQL.has(name)) return "formula";
  return "line";
}

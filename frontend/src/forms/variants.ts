import type { Schema } from "./schema";

/** One shape of a setting that has several. */
export interface Variant {
  /** What the user picks it by. */
  label: string;
  about?: string;
  schema: Schema;
  /** For shapes told apart by one property (`method: mask`): its name and value. */
  tag?: { name: string; value: unknown };
  /** The bare text that means the same as this shape without settings (`mask`). */
  shorthand?: string;
}

/** The variants of `anyOf` and `oneOf`, nested ones laid flat; a bare text that names a tagged shape is folded into it. */
export function variantsOf(schema: Schema): Variant[] {
  const shapes = flat(schema);
  const texts = new Set(shapes.flatMap((one) => (one.enum ?? []).filter((value) => typeof value === "string")));
  const tagged = shapes.filter((one) => tagOf(one));
  const rest = shapes.filter((one) => !tagOf(one) && !(one.enum && tagged.length > 0));
  return [
    ...tagged.flatMap((one) => taggedVariants(one, texts)),
    ...rest.map(
      (one): Variant => ({ label: labelOf(one), schema: one, ...(one.description ? { about: one.description } : {}) }),
    ),
  ];
}

/** Which variant the data has; the first when nothing tells. */
export function variantIndex(variants: readonly Variant[], data: unknown): number {
  const found = variants.findIndex((one) => fits(one, data));
  return found < 0 ? 0 : found;
}

/** What the data becomes when the user picks another variant: settings that both know stay. */
export function moveTo(variant: Variant, data: unknown): unknown {
  if (variant.schema.properties) {
    const old = typeof data === "object" && data !== null ? (data as Record<string, unknown>) : {};
    const known = Object.entries(old).filter(([key]) => variant.schema.properties?.[key]);
    const kept = Object.fromEntries(known);
    return variant.tag ? { ...kept, [variant.tag.name]: variant.tag.value } : kept;
  }
  if (variant.schema.type === "array") return [];
  if (variant.schema.type === "object") return {};
  return undefined;
}

/** The data as the form shows it: a bare text that stands for a tagged shape is written out. */
export function spelledOut(variant: Variant, data: unknown): unknown {
  return variant.tag && variant.shorthand !== undefined && data === variant.shorthand
    ? { [variant.tag.name]: variant.tag.value }
    : data;
}

const flat = (schema: Schema): Schema[] => {
  const inner = schema.anyOf ?? schema.oneOf;
  return inner ? inner.flatMap(flat) : [schema];
};

/** The property whose constant value tells a shape from the others. */
function tagOf(shape: Schema): string | undefined {
  for (const [name, property] of Object.entries(shape.properties ?? {})) {
    const values = property.const !== undefined ? [property.const] : (property.enum ?? []);
    const needed = shape.required?.includes(name);
    if (
      values.length > 0 &&
      needed &&
      (property.const !== undefined || name === "rule" || name === "method" || name === "type")
    ) {
      return name;
    }
  }
  return undefined;
}

function taggedVariants(shape: Schema, texts: ReadonlySet<unknown>): Variant[] {
  const name = tagOf(shape) ?? "";
  const property = shape.properties?.[name] ?? {};
  const values = property.const !== undefined ? [property.const] : (property.enum ?? []);
  const about = shape.description ?? property.description;
  return values.map((value) => ({
    label: String(value),
    schema: shape,
    tag: { name, value },
    ...(about ? { about } : {}),
    ...(texts.has(value) ? { shorthand: String(value) } : {}),
  }));
}

function labelOf(shape: Schema): string {
  const kind = Array.isArray(shape.type) ? shape.type.join(" or ") : (shape.type ?? "value");
  return shape.title ?? kind;
}

function fits({ schema, tag, shorthand }: Variant, data: unknown): boolean {
  if (tag) {
    if (typeof data === "string") return data === shorthand;
    return isObject(data) && data[tag.name] === tag.value;
  }
  if (schema.enum) return schema.enum.includes(data);
  if (schema.type === "array") return Array.isArray(data);
  if (schema.type === "object" || schema.properties) return isObject(data);
  if (schema.type === "integer" || schema.type === "number") return typeof data === "number";
  return schema.type !== undefined && typeof data === schema.type;
}

export const isObject = (data: unknown): data is Record<string, unknown> =>
  typeof data === "object" && data !== null && !Array.isArray(data);

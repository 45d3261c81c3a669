import { Validator, type Schema as AnySchema } from "@cfworker/json-schema";
import { t } from "@/lib/texts";
import { isSecret, type Schema } from "./schema";
import { isObject, spelledOut, variantIndex, variantsOf } from "./variants";

/** One setting that is wrong, and what is wrong with it. */
export interface FormError {
  path: (string | number)[];
  message: string;
}

/**
 * Every setting that is wrong, one message each. A setting with several shapes is judged by the shape it has, so that
 * nobody reads what is wrong with shapes they did not choose.
 */
export function findErrors(schema: Schema, data: unknown, path: (string | number)[] = []): FormError[] {
  if (data === undefined || (data === null && (schema["x-nullable"] || isSecret(schema)))) return [];
  if (schema.anyOf || schema.oneOf) return ofVariant(schema, data, path);
  if (schema.properties || schema.type === "object") return ofObject(schema, data, path);
  if (schema.type === "array") return ofArray(schema, data, path);
  return ofLeaf(schema, data, path);
}

function ofVariant(schema: Schema, data: unknown, path: (string | number)[]): FormError[] {
  const variants = variantsOf(schema);
  const variant = variants[variantIndex(variants, data)];
  return variant ? findErrors(variant.schema, spelledOut(variant, data), path) : [];
}

function ofObject(schema: Schema, data: unknown, path: (string | number)[]): FormError[] {
  if (!isObject(data)) return [{ path, message: typeMessage(schema) }];
  const properties = schema.properties ?? {};
  const missing = (schema.required ?? []).filter((name) => data[name] === undefined || data[name] === "");
  const inner = Object.entries(data).flatMap(([name, value]) => {
    const known = properties[name];
    if (known) return missing.includes(name) ? [] : findErrors(known, value, [...path, name]);
    if (typeof schema.additionalProperties === "object") {
      return value === undefined ? [] : findErrors(schema.additionalProperties, value, [...path, name]);
    }
    if (schema.additionalProperties !== false || value === undefined) return [];
    return [{ path: [...path, name], message: t.forms.errors.unknown }];
  });
  const few = (schema as { minProperties?: number }).minProperties ?? 0;
  const count = Object.keys(data).length < few ? [{ path, message: t.forms.errors.minItems(few) }] : [];
  return [...missing.map((name) => ({ path: [...path, name], message: t.forms.errors.required })), ...count, ...inner];
}

function ofArray(schema: Schema, data: unknown, path: (string | number)[]): FormError[] {
  if (!Array.isArray(data)) return [{ path, message: typeMessage(schema) }];
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY, items } = schema;
  const own: FormError[] = [];
  if (data.length < minItems) own.push({ path, message: t.forms.errors.minItems(minItems) });
  if (data.length > maxItems) own.push({ path, message: t.forms.errors.maxItems(maxItems) });
  return [...own, ...(items ? data.flatMap((item: unknown, at) => findErrors(items, item, [...path, at])) : [])];
}

function ofLeaf(schema: Schema, data: unknown, path: (string | number)[]): FormError[] {
  // A reference stands for a value that only the worker knows.
  if (typeof data === "string" && /\$\{(env|file|secret):[^}]+\}/.test(data)) return [];
  const { examples: _e, default: _d, ...checks } = schema;
  const { valid, errors } = new Validator(checks as AnySchema, "2020-12").validate(data);
  if (valid) return [];
  const keyword = errors.at(-1)?.keyword ?? "";
  return [{ path, message: leafMessage(schema, keyword) }];
}

function leafMessage(schema: Schema, keyword: string): string {
  const say = t.forms.errors;
  const by: Record<string, () => string> = {
    type: () => typeMessage(schema),
    enum: () => say.oneOf((schema.enum ?? []).join(", ")),
    const: () => say.oneOf(String(schema.const)),
    minimum: () => say.minimum(schema.minimum ?? 0),
    maximum: () => say.maximum(schema.maximum ?? 0),
    exclusiveMinimum: () => say.above(schema.exclusiveMinimum ?? 0),
    exclusiveMaximum: () => say.below(schema.exclusiveMaximum ?? 0),
    minLength: () => say.minLength(schema.minLength ?? 1),
    maxLength: () => say.maxLength(schema.maxLength ?? 0),
    pattern: () => say.pattern(schema.pattern ?? ""),
  };
  return by[keyword]?.() ?? say.other;
}

function typeMessage(schema: Schema): string {
  const types = [schema.type ?? []].flat();
  return t.forms.errors.type(types.map((type) => t.forms.errors.types[type] ?? type).join(" or "));
}

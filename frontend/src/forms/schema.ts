/** The part of JSON Schema that plugin configurations use, after references are resolved. */
export interface Schema {
  type?: string | string[];
  title?: string;
  description?: string;
  default?: unknown;
  examples?: unknown[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  writeOnly?: boolean;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  discriminator?: { propertyName: string };
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  $ref?: string;
  $defs?: Record<string, Schema>;
  /** Null is a value of its own here; the form shows it as empty. */
  "x-nullable"?: boolean;
  /** The title of the section that a plugin's author wants a setting in. */
  "x-section"?: string;
}

export const isSecret = (schema: Schema): boolean => schema.format === "password";

export const isScalar = (schema: Schema): boolean =>
  schema.enum !== undefined ||
  schema.const !== undefined ||
  (typeof schema.type === "string" && ["string", "number", "integer", "boolean"].includes(schema.type));

/** An object whose keys the user names: columns and what to do with them. */
export const isMap = (schema: Schema): boolean =>
  schema.type === "object" && !schema.properties && typeof schema.additionalProperties === "object";

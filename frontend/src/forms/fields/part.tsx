import { type ErrorSchema, type FieldProps, type RJSFSchema, toFieldPathId } from "@rjsf/utils";
import type { Schema } from "../schema";
import { uiOfPart } from "../prepare-schema";

interface Props {
  parent: FieldProps;
  /** Key or index below the parent; null draws the parent's own value in another shape. */
  at: string | number | null;
  schema: Schema;
  data: unknown;
  required?: boolean;
  /** Without its own label, when the parent says what it is. */
  bare?: boolean;
}

/** One part of a field of ours, drawn by the form itself. */
export function Part({ parent, at, schema, data, required = false, bare = false }: Props) {
  const { registry, fieldPathId, errorSchema } = parent;
  const { SchemaField } = registry.fields;
  if (!SchemaField) return null;
  const errors = at === null ? errorSchema : (errorSchema?.[at] as ErrorSchema | undefined);
  const ui = uiOfPart(schema, at === null ? parent.name : String(at));
  return (
    <SchemaField
      registry={registry}
      name={at === null ? parent.name : String(at)}
      schema={schema as RJSFSchema}
      uiSchema={bare ? { ...ui, "ui:label": false } : ui}
      fieldPathId={at === null ? fieldPathId : toFieldPathId(at, registry.globalFormOptions, fieldPathId)}
      formData={data}
      errorSchema={errors ?? {}}
      required={required}
      disabled={parent.disabled ?? false}
      readonly={parent.readonly ?? false}
      onChange={parent.onChange}
      onBlur={parent.onBlur}
      onFocus={parent.onFocus}
    />
  );
}

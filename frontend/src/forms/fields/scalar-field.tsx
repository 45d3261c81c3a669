import { TextInput } from "@mantine/core";
import type { FieldProps } from "@rjsf/utils";
import { useState } from "react";
import type { Schema } from "../schema";

/** A single value that may be a number or a text: a bound, a share, an allowed value. */
export function ScalarField(props: FieldProps) {
  const { schema, formData, onChange, fieldPathId, disabled, readonly, onBlur } = props;
  // "1." is on its way to a number: what was typed stays until it reads as something else.
  const [typed, setTyped] = useState<string | null>(null);
  const shown = formData === undefined || formData === null ? "" : String(formData);
  const text = typed !== null && readScalar(typed, schema as Schema) === formData ? typed : shown;
  const examples: unknown = Array.isArray(schema.examples) ? schema.examples[0] : undefined;
  return (
    <TextInput
      id={fieldPathId.$id}
      disabled={Boolean(disabled || readonly)}
      value={text}
      placeholder={examples === undefined ? "" : String(examples)}
      autoComplete="off"
      onBlur={() => onBlur(fieldPathId.$id, formData)}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setTyped(next);
        onChange(next === "" ? undefined : readScalar(next, schema as Schema), fieldPathId.path);
      }}
    />
  );
}

/** A typed text as the value that the schema allows: a number when it reads as one, a text otherwise. */
export function readScalar(text: string, schema: Schema): unknown {
  const types = typesOf(schema);
  if ((types.has("number") || types.has("integer")) && /^-?\d+(\.\d+)?$/.test(text.trim())) return Number(text);
  if (types.has("boolean") && (text === "true" || text === "false")) return text === "true";
  return text;
}

function typesOf(schema: Schema): Set<string> {
  const inner = schema.anyOf ?? schema.oneOf;
  return new Set(inner ? inner.flatMap((one) => [...typesOf(one)]) : [schema.type ?? []].flat());
}

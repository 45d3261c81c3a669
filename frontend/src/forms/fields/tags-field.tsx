import { MultiSelect, TagsInput } from "@mantine/core";
import type { FieldProps } from "@rjsf/utils";
import { t } from "@/lib/texts";
import { type FormContext, NO_CONTEXT, suggestionsFor } from "../form-context";
import type { Schema } from "../schema";
import { readScalar } from "./scalar-field";

/** A list of single values: column names, texts, numbers. */
export function TagsField(props: FieldProps) {
  const { schema, formData, onChange, fieldPathId, registry, disabled, readonly, name, onBlur } = props;
  const context = (registry.formContext as FormContext | undefined) ?? NO_CONTEXT;
  const items = (schema.items ?? {}) as Schema;
  const list: unknown[] = Array.isArray(formData)
    ? formData
    : formData === undefined || formData === null
      ? []
      : [formData];
  const standard: unknown = schema.default;
  const hint =
    Array.isArray(standard) && standard.length > 0 ? t.forms.byDefault(standard.join(", ")) : t.forms.tagsHint;
  const shared = {
    id: fieldPathId.$id,
    disabled: Boolean(disabled || readonly),
    value: list.map(String),
    placeholder: list.length > 0 ? "" : hint,
    onBlur: () => onBlur(fieldPathId.$id, formData),
    clearable: true,
    clearButtonProps: { "aria-label": `${t.common.remove} ${schema.title ?? name}` },
  };
  const set = (next: unknown[]) => onChange(next.length > 0 ? next : undefined, fieldPathId.path);
  if (items.enum) {
    const choices = items.enum;
    const back = (texts: string[]) => set(texts.flatMap((text) => choices.filter((one) => String(one) === text)));
    return <MultiSelect {...shared} data={choices.map(String)} onChange={back} />;
  }
  return (
    <TagsInput
      {...shared}
      data={suggestionsFor(name, context)}
      limit={50}
      splitChars={[",", "\n"]}
      onChange={(texts) => set(texts.map((text) => readScalar(text, items)))}
    />
  );
}

import { Autocomplete, NumberInput, Select, Switch, Textarea, TextInput } from "@mantine/core";
import type { WidgetProps } from "@rjsf/utils";
import { t } from "@/lib/texts";
import { CodeEditor } from "@/ui/code";
import { type FormContext, NO_CONTEXT, suggestionsFor } from "../form-context";
import classes from "../forms.module.css";

const contextOf = (props: WidgetProps) => (props.registry.formContext as FormContext | undefined) ?? NO_CONTEXT;

/** What stands in an empty input: what will be taken, or an example. */
function placeholderOf({ schema }: WidgetProps): string {
  const { default: standard, examples } = schema;
  if (standard !== undefined && standard !== "" && typeof standard !== "object") {
    return t.forms.byDefault(String(standard));
  }
  const example: unknown = Array.isArray(examples) ? examples[0] : undefined;
  return typeof example === "string" || typeof example === "number" ? t.forms.example(String(example)) : "";
}

const common = (props: WidgetProps) => ({
  id: props.id,
  disabled: Boolean(props.disabled || props.readonly),
  required: Boolean(props.required),
  withAsterisk: false,
  // Where the name stands beside, as a key of its own, it is said here.
  ...(props.hideLabel ? { "aria-label": props.label } : {}),
  onBlur: () => props.onBlur(props.id, props.value),
});

const texted = (value: unknown): string => (value === null || value === undefined ? "" : String(value));

export function LineWidget(props: WidgetProps) {
  const { value, onChange, name } = props;
  const offers = suggestionsFor(name, contextOf(props));
  const change = (text: string) => onChange(text === "" ? undefined : text);
  const shared = { ...common(props), value: texted(value), placeholder: placeholderOf(props), spellCheck: false };
  if (offers.length > 0) return <Autocomplete {...shared} data={offers} limit={50} onChange={change} />;
  return <TextInput {...shared} autoComplete="off" onChange={(event) => change(event.currentTarget.value)} />;
}

export function FormulaWidget(props: WidgetProps) {
  const { value, onChange } = props;
  return (
    <Textarea
      {...common(props)}
      className={classes.mono ?? ""}
      autosize
      minRows={1}
      maxRows={8}
      spellCheck={false}
      value={texted(value)}
      placeholder={placeholderOf(props)}
      onChange={(event) => onChange(event.currentTarget.value === "" ? undefined : event.currentTarget.value)}
    />
  );
}

export function SqlWidget(props: WidgetProps) {
  const { value, onChange, label, readonly, disabled } = props;
  return (
    <CodeEditor
      language="sql"
      label={label}
      value={texted(value)}
      readOnly={Boolean(readonly || disabled)}
      placeholder={placeholderOf(props)}
      minHeight={140}
      onChange={(text) => onChange(text === "" ? undefined : text)}
    />
  );
}

export function FigureWidget(props: WidgetProps) {
  const { value, onChange, schema } = props;
  const whole = schema.type === "integer";
  return (
    <NumberInput
      {...common(props)}
      value={(value as number | undefined) ?? ""}
      placeholder={placeholderOf(props)}
      allowDecimal={!whole}
      {...(schema.minimum === undefined ? {} : { min: schema.minimum })}
      {...(schema.maximum === undefined ? {} : { max: schema.maximum })}
      clampBehavior="none"
      onChange={(next) => onChange(next === "" ? undefined : next)}
    />
  );
}

export function SelectWidget(props: WidgetProps) {
  const { value, onChange, schema, required } = props;
  const choices = (schema.enum ?? []) as unknown[];
  const back = (text: string | null) => choices.find((one) => String(one) === text);
  return (
    <Select
      {...common(props)}
      data={choices.map(String)}
      value={value === undefined || value === null ? null : String(value)}
      placeholder={placeholderOf(props) || t.forms.choose}
      clearable={!required}
      clearButtonProps={{ "aria-label": `${t.common.remove} ${props.label}` }}
      searchable={choices.length > 8}
      onChange={(text) => onChange(back(text))}
    />
  );
}

export function ToggleWidget(props: WidgetProps) {
  const { value, onChange, schema } = props;
  const on = Boolean(value ?? schema.default ?? false);
  return (
    <Switch
      {...common(props)}
      mt={4}
      checked={on}
      onChange={(event) => onChange(event.currentTarget.checked)}
      label={on ? t.forms.on : t.forms.off}
    />
  );
}

import Form, { type IChangeEvent } from "@rjsf/core/lib/components/Form.js";
import type { RegistryFieldsType, RegistryWidgetsType, RJSFSchema } from "@rjsf/utils";
import { useEffect, useEffectEvent, useMemo, useState } from "react";
import { GroupField } from "./fields/group-field";
import { JsonField } from "./fields/json-field";
import { ListField } from "./fields/list-field";
import { MapField } from "./fields/map-field";
import { ScalarField } from "./fields/scalar-field";
import { TagsField } from "./fields/tags-field";
import { UnionField } from "./fields/union-field";
import { findErrors } from "./find-errors";
import type { FormContext } from "./form-context";
import { errorSchemaOf, formValidator } from "./form-validator";
import { prepareSchema } from "./prepare-schema";
import type { Schema } from "./schema";
import { errorsOfProblems } from "./server-problems";
import { FieldTemplate, ObjectFieldTemplate } from "./templates";
import { SecretWidget } from "./widgets/secret-widget";
import { FigureWidget, FormulaWidget, LineWidget, SelectWidget, SqlWidget, ToggleWidget } from "./widgets/widgets";

const FIELDS: RegistryFieldsType = {
  group: GroupField,
  json: JsonField,
  list: ListField,
  map: MapField,
  scalar: ScalarField,
  tags: TagsField,
  union: UnionField,
};
const WIDGETS: RegistryWidgetsType = {
  figure: FigureWidget,
  formula: FormulaWidget,
  line: LineWidget,
  secret: SecretWidget,
  select: SelectWidget,
  sql: SqlWidget,
  toggle: ToggleWidget,
};
const TEMPLATES = { FieldTemplate, ObjectFieldTemplate };

export type Values = Record<string, unknown>;

export interface SchemaFormProps {
  /** A plugin's config_schema, as the API gives it. */
  schema: object;
  value: Values;
  /** The new values, and how many settings are wrong. */
  onChange: (value: Values, wrong: number) => void;
  /** Paths of the secrets that the server holds for this config. */
  secrets?: readonly string[];
  /** How many settings are wrong before anything was touched. */
  onReady?: (wrong: number) => void;
  /** Names to offer where a column is asked for. */
  columns?: readonly string[];
  /** What the server found wrong at the last save. */
  problems?: readonly { path: string; message: string; hint?: string | null }[];
  /** Show every error, touched or not: after somebody tried to save. */
  showErrors?: boolean;
  disabled?: boolean;
  /** Tells several forms on one page apart. */
  idPrefix?: string;
}

const NONE: readonly never[] = [];

/** A form out of a plugin's JSON Schema. Values hold only what was set; defaults show as such. */
export default function JsonSchemaForm(props: SchemaFormProps) {
  const { schema, value, onChange, secrets = NONE, columns = NONE, problems = NONE } = props;
  const { showErrors = false, disabled = false, idPrefix = "config" } = props;
  const stored = useMemo(() => new Set(secrets), [secrets]);
  const prepared = useMemo(() => prepareSchema(schema as Schema, stored), [schema, stored]);
  const ready = useEffectEvent(() => props.onReady?.(findErrors(prepared.schema, value).length));
  // The page that saves stands outside, and has to know before the first change what is still missing.
  useEffect(() => ready(), [prepared]);
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const context: FormContext = { stored, columns, touched, showAll: showErrors || problems.length > 0 };
  // The library judges at the first change; what is missing in an untouched form has to show as well.
  const extra = useMemo(
    () => errorSchemaOf([...errorsOfProblems(problems, value), ...findErrors(prepared.schema, value)]),
    [prepared, problems, value],
  );
  const change = ({ formData }: IChangeEvent<Values>) => {
    const next = withoutHoles(formData ?? {});
    onChange(next, findErrors(prepared.schema, next).length);
  };
  return (
    <Form<Values>
      tagName="div"
      schema={prepared.schema as RJSFSchema}
      uiSchema={{ ...prepared.ui, "ui:submitButtonOptions": { norender: true } }}
      validator={formValidator as never}
      formData={value}
      formContext={context}
      fields={FIELDS as never}
      widgets={WIDGETS as never}
      templates={TEMPLATES as never}
      idPrefix={idPrefix}
      idSeparator="."
      disabled={disabled}
      liveValidate="onChange"
      extraErrors={extra as never}
      showErrorList={false}
      noHtml5Validate
      experimental_defaultFormStateBehavior={{ emptyObjectFields: "skipDefaults" }}
      onBlur={(id) => setTouched((old) => (old.has(id) ? old : new Set([...old, id])))}
      onChange={change}
    >
      <span hidden />
    </Form>
  );
}

/** Settings that were emptied are left out, so that what is saved is what somebody wrote. */
function withoutHoles<T>(value: T): T {
  if (Array.isArray(value)) return value.map((one: unknown) => withoutHoles(one)) as T;
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(kept.map(([key, one]) => [key, withoutHoles(one as unknown)])) as T;
}

import { Input } from "@mantine/core";
import type { FieldTemplateProps, ObjectFieldTemplateProps } from "@rjsf/utils";
import { NO_CONTEXT, type FormContext } from "./form-context";
import { Fold } from "./fold";
import classes from "./forms.module.css";
import { InlineText } from "./inline-text";
import type { Schema } from "./schema";
import { sectionsOf } from "./sections";

const GROUPS = new Set(["group", "list", "map", "union"]);

/** One setting: label, what it does, the input, what is wrong. */
export function FieldTemplate(props: FieldTemplateProps) {
  const { id, label, schema, required, rawErrors = [], hidden, children, displayLabel, registry, uiSchema } = props;
  if (hidden) return <div hidden>{children}</div>;
  const context = (registry.formContext as FormContext | undefined) ?? NO_CONTEXT;
  const field = uiSchema?.["ui:field"] as string | undefined;
  // A group carries its own title and its parts their own errors.
  if (schema.type === "object" && !field) return <div className={classes.group}>{children}</div>;
  const shows = context.showAll || context.touched.has(id);
  const error = shows ? rawErrors[0] : undefined;
  const bare = displayLabel === false && !field;
  return (
    <Input.Wrapper
      id={id}
      className={classes.field ?? ""}
      classNames={{ description: classes.help ?? "", error: classes.wrong ?? "" }}
      {...(bare || uiSchema?.["ui:label"] === false ? {} : { label, required: required ?? false })}
      labelElement={field && GROUPS.has(field) ? "div" : "label"}
      description={schema.description ? <InlineText text={schema.description} /> : null}
      error={error}
      inputWrapperOrder={["label", "description", "input", "error"]}
    >
      {children}
    </Input.Wrapper>
  );
}

/** The settings of an object; those of the form itself in sections. */
export function ObjectFieldTemplate({ properties, schema, fieldPathId, title, formData }: ObjectFieldTemplateProps) {
  const content = new Map(properties.map((one) => [one.name, one.content]));
  const shown = new Set(properties.filter((one) => !one.hidden).map((one) => one.name));
  if (fieldPathId.path.length > 0) {
    return (
      <fieldset className={classes.nested}>
        {title && <legend>{title}</legend>}
        {schema.description && (
          <p className={classes.about}>
            <InlineText text={schema.description} />
          </p>
        )}
        {properties.map((one) => (
          <div key={one.name}>{one.content}</div>
        ))}
      </fieldset>
    );
  }
  const data = (formData ?? {}) as Record<string, unknown>;
  return (
    <div className={classes.form}>
      {schema.description && (
        <p className={classes.about}>
          <InlineText text={schema.description} />
        </p>
      )}
      {sectionsOf(schema as Schema).map(({ title: section, names }) => {
        const parts = names.filter((name) => shown.has(name));
        const inner = parts.map((name) => <div key={name}>{content.get(name)}</div>);
        if (section === null) return inner;
        const used = parts.some((name) => data[name] !== undefined && data[name] !== null);
        return (
          <Fold key={section} title={section} count={parts.length} open={used}>
            {inner}
          </Fold>
        );
      })}
    </div>
  );
}

import { Input } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronRight } from "@tabler/icons-react";
import type { FieldTemplateProps, ObjectFieldTemplateProps } from "@rjsf/utils";
import type { ReactNode } from "react";
import { t } from "@/lib/texts";
import { NO_CONTEXT, type FormContext } from "./form-context";
import classes from "./forms.module.css";
import { InlineText } from "./inline-text";
import type { Schema } from "./schema";
import { sectionsOf } from "./sections";

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
      {...(bare || uiSchema?.["ui:label"] === false ? {} : { label, required: required ?? false })}
      labelElement={field === "map" || field === "list" || field === "union" ? "div" : "label"}
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

function Fold({ title, count, open, children }: { title: string; count: number; open: boolean; children: ReactNode }) {
  const [opened, { toggle }] = useDisclosure(open);
  return (
    <section className={classes.fold}>
      <button type="button" className={classes.foldHead} aria-expanded={opened} onClick={toggle}>
        <IconChevronRight size={16} aria-hidden data-open={opened || undefined} />
        {title} <span className={classes.count}>{t.common.settingsCount(count)}</span>
      </button>
      <div hidden={!opened} className={classes.foldBody}>
        {children}
      </div>
    </section>
  );
}

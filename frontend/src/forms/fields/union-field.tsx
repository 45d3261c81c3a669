import { SegmentedControl, Select } from "@mantine/core";
import type { FieldProps } from "@rjsf/utils";
import { t } from "@/lib/texts";
import classes from "../forms.module.css";
import { Fold } from "../fold";
import { InlineText } from "../inline-text";
import type { Schema } from "../schema";
import { isObject, moveTo, spelledOut, type Variant, variantIndex, variantsOf } from "../variants";
import { Part } from "./part";

const MOST_SEGMENTS = 3;

/** A setting with several shapes: the user picks the shape and gets its settings. */
export function UnionField(props: FieldProps) {
  const { schema, formData, onChange, fieldPathId, disabled, readonly, name, required } = props;
  const variants = variantsOf(schema as Schema);
  const none = formData === undefined || formData === null;
  // An empty setting begins in its simple form.
  const simple = variants.findIndex((one) => !one.schema.properties);
  const variant = variants[none && simple >= 0 ? simple : variantIndex(variants, formData)];
  const title = schema.title ?? name;
  const off = Boolean(disabled || readonly);
  const pick = (text: string | null) => {
    const next = variants.find((one) => one.label === text);
    onChange(next ? moveTo(next, formData) : undefined, fieldPathId.path);
  };
  const labels = variants.map((one) => one.label);
  const tagged = variants.some((one) => one.tag);
  const chosen = none && !required ? null : (variant?.label ?? null);
  return (
    <div className={classes.variant}>
      {tagged || variants.length > MOST_SEGMENTS ? (
        <Select
          id={fieldPathId.$id}
          aria-label={`${title}: ${variants.find((one) => one.tag)?.tag?.name ?? t.forms.kind}`}
          data={labels}
          value={chosen}
          placeholder={t.forms.choose}
          searchable={labels.length > 8}
          clearable={!required}
          clearButtonProps={{ "aria-label": `${t.common.remove} ${title}` }}
          disabled={off}
          onChange={pick}
        />
      ) : (
        <SegmentedControl
          size="xs"
          aria-label={`${title}: ${t.forms.kind}`}
          data={variants.map((one) => ({ value: one.label, label: segment(one) }))}
          value={variant?.label ?? labels[0] ?? ""}
          disabled={off}
          onChange={pick}
        />
      )}
      {variant && !none && (
        <Shape parent={props} variant={variant} data={spelledOut(variant, formData)} aside={usual(variants)} />
      )}
      {variant && none && !tagged && <Shape parent={props} variant={variant} data={undefined} aside={NOTHING} />}
    </div>
  );
}

const segment = (variant: Variant): string =>
  variant.schema.properties
    ? t.forms.detailed
    : variant.schema.title && !variant.schema.type
      ? variant.schema.title
      : t.forms.short;

const NOTHING: ReadonlySet<string> = new Set();

/** Settings that most shapes share and none requires: a name, a message, a key. They stand behind a fold until used. */
function usual(variants: readonly Variant[]): ReadonlySet<string> {
  const counts = new Map<string, number>();
  const needed = new Set(variants.flatMap((one) => one.schema.required ?? []));
  for (const one of variants) {
    for (const key of Object.keys(one.schema.properties ?? {})) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const most = [...counts].filter(([key, count]) => count >= variants.length / 2 && !needed.has(key));
  return variants.length > 2 ? new Set(most.map(([key]) => key)) : NOTHING;
}

interface ShapeProps {
  parent: FieldProps;
  variant: Variant;
  data: unknown;
  aside: ReadonlySet<string>;
}

function Shape({ parent, variant, data, aside }: ShapeProps) {
  const { properties = {}, required = [] } = variant.schema;
  if (!variant.schema.properties) {
    return (
      <Part
        parent={parent}
        at={null}
        schema={{ ...variant.schema, title: parent.schema.title ?? parent.name }}
        data={data}
        bare
      />
    );
  }
  const values = isObject(data) ? data : {};
  const names = Object.keys(properties).filter((key) => key !== variant.tag?.name);
  const about = variant.tag ? (properties[variant.tag.name]?.description ?? variant.about) : undefined;
  // Each part writes at its own place; a bare text in place of the object has to become one first.
  const onChange: FieldProps["onChange"] = (value, path, errors, id) => {
    const key = path.at(-1);
    if (isObject(parent.formData) || typeof key !== "string" || path.length !== parent.fieldPathId.path.length + 1) {
      parent.onChange(value, path, errors, id);
    } else {
      parent.onChange({ ...values, [key]: value }, parent.fieldPathId.path);
    }
  };
  if (names.length === 0 && !about) return null;
  const folded = (key: string) => aside.has(key) && values[key] === undefined;
  const part = (key: string) => (
    <Part
      key={key}
      parent={{ ...parent, onChange }}
      at={key}
      schema={properties[key] ?? {}}
      data={values[key]}
      required={required.includes(key)}
    />
  );
  return (
    <div className={classes.nested}>
      {about && (
        <p className={classes.about}>
          <InlineText text={about} />
        </p>
      )}
      {names.filter((key) => !folded(key)).map(part)}
      {names.some(folded) && (
        <Fold title={t.forms.others} count={names.filter(folded).length}>
          {names.filter(folded).map(part)}
        </Fold>
      )}
    </div>
  );
}

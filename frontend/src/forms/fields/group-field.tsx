import { Switch } from "@mantine/core";
import type { FieldProps } from "@rjsf/utils";
import { t } from "@/lib/texts";
import classes from "../forms.module.css";
import type { Schema } from "../schema";
import { isObject } from "../variants";
import { Part } from "./part";

/** A group of settings that may be left out altogether. */
export function GroupField(props: FieldProps) {
  const { schema, formData, onChange, fieldPathId, disabled, readonly, name } = props;
  const { properties = {}, required = [] } = schema as Schema;
  const on = isObject(formData);
  return (
    <div className={classes.variant}>
      <Switch
        id={fieldPathId.$id}
        aria-label={schema.title ?? name}
        checked={on}
        disabled={Boolean(disabled || readonly)}
        label={on ? t.forms.on : t.forms.off}
        onChange={(event) => onChange(event.currentTarget.checked ? {} : undefined, fieldPathId.path)}
      />
      {on && (
        <div className={classes.nested}>
          {Object.entries(properties).map(([key, property]) => (
            <Part
              key={key}
              parent={props}
              at={key}
              schema={property}
              data={formData[key]}
              required={required.includes(key)}
            />
          ))}
        </div>
      )}
    </div>
  );
}

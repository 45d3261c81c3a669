import { ActionIcon, Autocomplete, Button, Group } from "@mantine/core";
import type { FieldProps } from "@rjsf/utils";
import { IconPlus, IconX } from "@tabler/icons-react";
import { type KeyboardEvent, useState } from "react";
import { t } from "@/lib/texts";
import { type FormContext, NO_CONTEXT } from "../form-context";
import classes from "../forms.module.css";
import { isScalar, type Schema } from "../schema";
import { isObject, moveTo, variantsOf } from "../variants";
import { Part } from "./part";

/** Names that the user gives, each with a value: columns and their types, columns and how to protect them. */
export function MapField(props: FieldProps) {
  const { schema, formData, onChange, fieldPathId, registry, disabled, readonly } = props;
  const context = (registry.formContext as FormContext | undefined) ?? NO_CONTEXT;
  const [name, setName] = useState("");
  const entries = isObject(formData) ? formData : {};
  const value = schema.additionalProperties as Schema;
  const title = schema.title ?? props.name;
  const taken = name !== "" && name in entries;
  const tall = !isScalar(value);
  const off = Boolean(disabled || readonly);

  const add = () => {
    if (!name || taken) return;
    onChange({ ...entries, [name]: freshValue(value) }, fieldPathId.path);
    setName("");
  };
  const drop = (key: string) => {
    const { [key]: _, ...rest } = entries;
    onChange(rest, fieldPathId.path);
  };
  const byKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    add();
  };
  return (
    <div className={classes.rows} role="group" aria-label={title}>
      {Object.entries(entries).map(([key, data]) => (
        <div key={key} className={classes.entry} data-tall={tall || undefined}>
          <span className={classes.key}>{key}</span>
          {tall && <Drop name={key} off={off} onDrop={() => drop(key)} />}
          <div className={classes.entryValue}>
            <Part parent={props} at={key} schema={{ ...value, title: key }} data={data} bare />
          </div>
          {!tall && <Drop name={key} off={off} onDrop={() => drop(key)} />}
        </div>
      ))}
      {!off && (
        <Group gap="xs" align="start">
          <Autocomplete
            className={classes.mono ?? ""}
            aria-label={t.forms.entryName(title)}
            placeholder={t.forms.entryNameHint}
            data={context.columns.filter((column) => !(column in entries))}
            limit={50}
            value={name}
            error={taken ? t.forms.entryTaken : undefined}
            onChange={setName}
            onKeyDown={byKey}
          />
          <Button
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={add}
            disabled={!name || taken}
          >
            {t.forms.addEntry}
          </Button>
        </Group>
      )}
    </div>
  );
}

function Drop({ name, off, onDrop }: { name: string; off: boolean; onDrop: () => void }) {
  return (
    <ActionIcon aria-label={t.forms.removeEntry(name)} disabled={off} onClick={onDrop}>
      <IconX size={16} aria-hidden />
    </ActionIcon>
  );
}

/** The value of a new entry: empty, in the first shape it may have. */
function freshValue(schema: Schema): unknown {
  if (schema.anyOf || schema.oneOf) {
    const [first] = variantsOf(schema);
    return first ? (moveTo(first, undefined) ?? "") : "";
  }
  if (schema.properties || schema.type === "object") return {};
  if (schema.type === "array") return [];
  return schema.type === "string" ? "" : null;
}

import { ActionIcon, Button } from "@mantine/core";
import type { FieldProps } from "@rjsf/utils";
import { IconArrowDown, IconArrowUp, IconPlus, IconX } from "@tabler/icons-react";
import { t } from "@/lib/texts";
import classes from "../forms.module.css";
import type { Schema } from "../schema";
import { moveTo, variantsOf } from "../variants";
import { Part } from "./part";

/** A list of settings that each have several parts: rules, orders. Order matters and is changed by buttons. */
export function ListField(props: FieldProps) {
  const { schema, formData, onChange, fieldPathId, disabled, readonly, name } = props;
  const items: unknown[] = Array.isArray(formData) ? formData : [];
  const shape = (schema.items ?? {}) as Schema;
  const title = schema.title ?? name;
  const off = Boolean(disabled || readonly);
  const set = (next: unknown[]) => onChange(next, fieldPathId.path);
  const swap = (at: number, other: number) => {
    const next = [...items];
    [next[at], next[other]] = [next[other], next[at]];
    set(next);
  };
  return (
    <div className={classes.rows} role="group" aria-label={title}>
      {items.map((data, at) => (
        // The place in the list is what tells items apart.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <div key={at} className={classes.item}>
          <Part parent={props} at={at} schema={{ ...shape, title: t.forms.item(at + 1) }} data={data} />
          {!off && (
            <div className={classes.itemTools}>
              <ActionIcon aria-label={t.forms.removeItem(title, at + 1)} onClick={() => set(items.toSpliced(at, 1))}>
                <IconX size={16} aria-hidden />
              </ActionIcon>
              {at > 0 && (
                <ActionIcon aria-label={t.forms.moveUp(title, at + 1)} onClick={() => swap(at, at - 1)}>
                  <IconArrowUp size={16} aria-hidden />
                </ActionIcon>
              )}
              {at < items.length - 1 && (
                <ActionIcon aria-label={t.forms.moveDown(title, at + 1)} onClick={() => swap(at, at + 1)}>
                  <IconArrowDown size={16} aria-hidden />
                </ActionIcon>
              )}
            </div>
          )}
        </div>
      ))}
      {!off && (
        <div>
          <Button
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => set([...items, fresh(shape)])}
          >
            {t.forms.addItem(title)}
          </Button>
        </div>
      )}
    </div>
  );
}

function fresh(shape: Schema): unknown {
  const [first] = shape.anyOf || shape.oneOf ? variantsOf(shape) : [];
  if (first) return moveTo(first, undefined) ?? "";
  return {};
}

import { Anchor, PasswordInput } from "@mantine/core";
import type { WidgetProps } from "@rjsf/utils";
import { IconLock } from "@tabler/icons-react";
import { useState } from "react";
import { t } from "@/lib/texts";
import { type FormContext, NO_CONTEXT } from "../form-context";
import classes from "../forms.module.css";

/** A secret: left out keeps what is stored, null clears it, a text replaces it. The stored one never comes here. */
export function SecretWidget(props: WidgetProps) {
  const { id, value, onChange, disabled, readonly, registry, required, label, onBlur } = props;
  const { stored } = (registry.formContext as FormContext | undefined) ?? NO_CONTEXT;
  const path = id.split(registry.globalFormOptions.idSeparator).slice(1).join(".");
  const [replacing, setReplacing] = useState(false);
  const has = stored.has(path);
  const off = Boolean(disabled || readonly);

  if (has && value === null) {
    return (
      <div className={classes.secret}>
        <span>{t.forms.secret.cleared}</span>
        <Anchor component="button" type="button" size="sm" onClick={() => onChange(undefined)}>
          {t.forms.secret.keep}
        </Anchor>
      </div>
    );
  }
  if (has && value === undefined && !replacing) {
    return (
      <div className={classes.secret}>
        <IconLock size={16} aria-hidden />
        <span>{t.forms.secret.stored}</span>
        {!off && (
          <>
            <Anchor
              component="button"
              type="button"
              size="sm"
              aria-label={`${t.forms.secret.replace} ${label}`}
              onClick={() => setReplacing(true)}
            >
              {t.forms.secret.replace}
            </Anchor>
            {!required && (
              <Anchor
                component="button"
                type="button"
                size="sm"
                aria-label={`${t.forms.secret.clear} ${label}`}
                onClick={() => onChange(null)}
              >
                {t.forms.secret.clear}
              </Anchor>
            )}
          </>
        )}
      </div>
    );
  }
  return (
    <div>
      <PasswordInput
        id={id}
        disabled={off}
        autoComplete="new-password"
        autoFocus={replacing}
        value={(value as string | null | undefined) ?? ""}
        placeholder={t.forms.secret.reference}
        // A reference is no secret: it says where the secret is.
        {...(isReference(value) ? { visible: true } : {})}
        onBlur={() => onBlur(id, value)}
        onChange={(event) => onChange(event.currentTarget.value === "" ? undefined : event.currentTarget.value)}
      />
      {has && (
        <Anchor
          component="button"
          type="button"
          size="sm"
          mt={4}
          onClick={() => {
            setReplacing(false);
            onChange(undefined);
          }}
        >
          {t.forms.secret.keep}
        </Anchor>
      )}
    </div>
  );
}

const isReference = (value: unknown): boolean =>
  typeof value === "string" && /^\$\{(env|file|secret):[^}]*\}$/.test(value);

import { Button, Code } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { failureOf } from "@/lib/failure";
import { t } from "@/lib/texts";
import classes from "./states.module.css";

interface Props {
  error: unknown;
  /** What did not work, when the message does not say. */
  title?: string;
  onRetry?: () => void;
  action?: ReactNode;
}

/** A failure with its cause, its code, where it is, and what to do next. */
export function ErrorState({ error, title, onRetry, action }: Props) {
  const { message, code, hint, problems: all } = failureOf(error);
  const [only] = all;
  // One problem is often the message itself; said once is enough.
  const problems = all.length === 1 && only && message.includes(only.message) ? [] : all;
  return (
    <div className={classes.error} role="alert">
      <IconAlertTriangle size={20} className={classes.sign} aria-hidden />
      <div className={classes.words}>
        <p className={classes.title}>{title ?? t.common.errorTitle}</p>
        <p className={classes.message}>{message}</p>
        {problems.length > 0 && (
          <ul className={classes.problems}>
            {problems.map((one) => (
              <li key={`${one.path}:${one.message}`}>
                {one.path && <Code>{one.path}</Code>} {one.message}
                {one.hint && one.hint !== hint && <span className={classes.more}>{one.hint}</span>}
              </li>
            ))}
          </ul>
        )}
        {hint && (
          <p className={classes.hint}>
            <strong>{t.common.whatToDo}:</strong> {hint}
          </p>
        )}
        {code && <Code>{code}</Code>}
        {(onRetry || action !== undefined) && (
          <div className={classes.action}>
            {onRetry && (
              <Button variant="default" size="xs" onClick={onRetry}>
                {t.common.retry}
              </Button>
            )}
            {action}
          </div>
        )}
      </div>
    </div>
  );
}

import { Button, CopyButton } from "@mantine/core";
import { t } from "@/lib/texts";
import classes from "./shown-once.module.css";

/** A text that is shown this one time, to be copied. */
export function ShownOnce({ text, label }: { text: string; label: string }) {
  return (
    <div className={classes.once}>
      <code aria-label={label}>{text}</code>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button variant="default" onClick={copy}>
            {copied ? t.common.copied : t.common.copy}
          </Button>
        )}
      </CopyButton>
    </div>
  );
}

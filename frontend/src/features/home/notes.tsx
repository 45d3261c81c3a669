import { IconFilterExclamation, IconUserQuestion } from "@tabler/icons-react";
import type { Overview } from "@/api/types";
import { t } from "@/lib/texts";
import { ToLink } from "@/ui/to-link";
import classes from "./home.module.css";

/** What somebody should know before the figures: nobody works, or rejected rows wait for a decision. */
export function Notes({ data }: { data: Overview }) {
  const rows = data.open_rejected_rows;
  if (data.workers > 0 && rows === 0) return null;
  return (
    <ul className={classes.notes}>
      {data.workers === 0 && (
        <li data-tone="warn">
          <IconUserQuestion size={18} aria-hidden /> {t.home.noWorker} <code>headwater worker</code>
        </li>
      )}
      {rows > 0 && (
        <li>
          <IconFilterExclamation size={18} aria-hidden />
          <span>
            {t.home.openRejected(rows)}{" "}
            <ToLink to="/quarantine" search={{ open: true }}>
              {t.home.lookAtThem}
            </ToLink>
          </span>
        </li>
      )}
    </ul>
  );
}

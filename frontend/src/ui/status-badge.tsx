import { t } from "@/lib/texts";
import { type Tone, toneOf } from "./status";
import classes from "./status-badge.module.css";

interface Props {
  status: string;
  /** Another word than the catalog's for this status. */
  label?: string;
  tone?: Tone;
}

/** A status as word and colour; what is going on now pulses. */
export function StatusBadge({ status, label, tone = toneOf(status) }: Props) {
  return (
    <span className={classes.badge} data-tone={tone} data-status={status}>
      <span className={classes.dot} aria-hidden />
      {label ?? t.common.status[status] ?? status}
    </span>
  );
}

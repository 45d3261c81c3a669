import type { KeyboardEvent } from "react";
import type { StepKind } from "@/features/pipelines/document/step-key";
import { t } from "@/lib/texts";
import { StatusBadge } from "@/ui/status-badge";
import classes from "./editor.module.css";

interface Props {
  kind: StepKind;
  number?: number;
  label: string;
  about: string;
  detail?: string;
  off?: boolean;
  problems: number;
  selected: boolean;
  onClick: () => void;
  onKeyDown?: (event: KeyboardEvent) => void;
}

/** One step in the form view. */
export function StepCard({
  kind,
  number,
  label,
  about,
  detail,
  off = false,
  problems,
  selected,
  onClick,
  onKeyDown,
}: Props) {
  return (
    <button
      type="button"
      className={classes.card}
      data-step-card
      data-kind={kind}
      data-off={off || undefined}
      data-selected={selected || undefined}
      aria-pressed={selected}
      onClick={onClick}
      onKeyDown={onKeyDown}
    >
      {number !== undefined && <span className={classes.number}>{number}</span>}
      <span className={classes.words}>
        <span className={classes.name}>{label || "—"}</span>
        <span className={classes.about}>{[about !== label ? about : null, detail].filter(Boolean).join(" · ")}</span>
      </span>
      {off && <StatusBadge status="paused" label={t.graph.off} />}
      {problems > 0 && <StatusBadge status="failed" label={t.graph.problems(problems)} />}
    </button>
  );
}

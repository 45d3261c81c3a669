import { Tooltip } from "@mantine/core";
import { type KeyboardEvent, useRef, useState } from "react";
import { formatCount, formatMoment } from "@/lib/format";
import { t } from "@/lib/texts";
import classes from "./health-bars.module.css";
import { toneOf } from "./status";
import { ToLink } from "./to-link";

export interface HealthBar {
  run_id: string;
  status: string;
  started_at: string | null;
  took_s: number | null;
  rows_written: number | null;
  rows_rejected: number | null;
}

interface Props {
  label: string;
  /** Oldest first. */
  runs: readonly HealthBar[];
  slots?: number;
}

/** The last runs as bars, each a link to its run: colour says how it ended, height how long it took. One tab stop; arrows move. */
export function HealthBars({ label, runs, slots = 30 }: Props) {
  const shown = runs.slice(-slots);
  const [at, setAt] = useState<number | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const stop = Math.min(at ?? shown.length - 1, shown.length - 1);
  const longest = Math.max(...shown.map((run) => run.took_s ?? 0), 0.001);
  const move = (event: KeyboardEvent) => {
    const step = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = Math.min(Math.max(stop + step, 0), shown.length - 1);
    setAt(next);
    box.current?.querySelectorAll("a")[next]?.focus();
  };
  return (
    <div ref={box} className={classes.bars} role="toolbar" aria-label={label} onKeyDown={move}>
      {Array.from({ length: Math.max(0, slots - shown.length) }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: empty places have no identity
        <span key={index} className={classes.none} aria-hidden />
      ))}
      {shown.map((run, index) => {
        const words = wordsOf(run);
        const height = 35 + 65 * Math.sqrt((run.took_s ?? longest) / longest);
        return (
          <Tooltip key={run.run_id} label={words}>
            <ToLink
              to={`/runs/${run.run_id}`}
              className={classes.bar}
              data-tone={toneOf(run.status)}
              aria-label={words}
              tabIndex={index === stop ? 0 : -1}
              onFocus={() => setAt(index)}
            >
              <span style={{ height: `${height}%` }} />
            </ToLink>
          </Tooltip>
        );
      })}
    </div>
  );
}

function wordsOf(run: HealthBar): string {
  const rejected = run.rows_rejected ? `, ${formatCount(run.rows_rejected)} ${t.common.rejectedRow}` : "";
  const rows = run.rows_written === null ? "" : `, ${t.common.rows(run.rows_written)}${rejected}`;
  const when = run.started_at ? `, ${formatMoment(run.started_at)}` : "";
  return `${t.common.status[run.status] ?? run.status}${when}${rows}`;
}

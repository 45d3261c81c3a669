import { Link } from "@tanstack/react-router";
import { formatCount, formatDuration, formatMoment } from "@/lib/format";
import { t } from "@/lib/texts";
import classes from "./run-bars.module.css";
import { toneOf } from "./status";

interface Bar {
  run_id: string;
  status: string;
  started_at: string | null;
  took_s: number | null;
  rows_written: number | null;
}

/** The last runs as bars: colour says how each ended, height how long it took. Each opens its run. */
export function RunBars({ runs }: { runs: readonly Bar[] }) {
  if (runs.length === 0) return <span className={classes.none}>{t.common.status["none"]}</span>;
  const longest = Math.max(...runs.map((run) => run.took_s ?? 0), 0.001);
  return (
    <div className={classes.bars}>
      {runs.map((run) => (
        <Link
          key={run.run_id}
          to={`/runs/${run.run_id}`}
          className={classes.bar}
          data-tone={toneOf(run.status)}
          style={{ height: 6 + 20 * Math.sqrt((run.took_s ?? 0) / longest) }}
          aria-label={spoken(run)}
          title={spoken(run)}
        />
      ))}
    </div>
  );
}

function spoken(run: Bar): string {
  const parts = [t.common.status[run.status] ?? run.status];
  if (run.started_at !== null) parts.push(formatMoment(run.started_at));
  if (run.took_s !== null) parts.push(formatDuration(run.took_s));
  if (run.rows_written !== null) parts.push(`${formatCount(run.rows_written)} ${t.runs.written.toLowerCase()}`);
  return parts.join(", ");
}

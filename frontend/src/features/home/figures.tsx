import type { ReactNode } from "react";
import type { DayFigures } from "@/api/types";
import { formatBytes, formatCompact, formatCount, formatShare } from "@/lib/format";
import { t } from "@/lib/texts";
import classes from "./home.module.css";

/** The period in four figures. */
export function Figures({ days }: { days: readonly DayFigures[] }) {
  const sum = (pick: (day: DayFigures) => number) => days.reduce((total, day) => total + (pick(day) || 0), 0);
  const [read, written, rejected] = [sum((d) => d.rows_read), sum((d) => d.rows_written), sum((d) => d.rows_rejected)];
  const [good, bad] = [sum((d) => d.succeeded), sum((d) => d.failed)];
  const ended = good + bad;
  const bytes = sum((d) => d.bytes);
  return (
    <dl className={classes.figures}>
      <Figure label={t.home.rows} value={formatCompact(written)} about={formatCount(written)} />
      <Figure
        label={t.home.quality}
        value={read > 0 ? formatShare(1 - rejected / read) : "–"}
        about={read > 0 ? t.home.rejected(rejected) : t.home.nothingYet}
      />
      <Figure
        label={t.home.runs}
        value={ended > 0 ? formatShare(good / ended) : "–"}
        about={ended > 0 ? t.home.ofRuns(good, ended) : t.home.nothingYet}
      />
      {/* Not every destination counts bytes: then the rows that were read say how much moved. */}
      {bytes > 0 ? (
        <Figure label={t.home.bytes} value={formatBytes(bytes)} about={t.home.days(days.length)} />
      ) : (
        <Figure label={t.home.read} value={formatCompact(read)} about={formatCount(read)} />
      )}
    </dl>
  );
}

function Figure({ label, value, about }: { label: string; value: ReactNode; about: ReactNode }) {
  return (
    <div className={classes.figure}>
      <dt>{label}</dt>
      <dd className={classes.value}>{value}</dd>
      <dd className={classes.under}>{about}</dd>
    </div>
  );
}

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { streamProfileQuery } from "@/api/connectors";
import type { ColumnProfile, Profile } from "@/api/types";
import { formatCompact, formatCount, formatShare } from "@/lib/format";
import { cellText } from "@/lib/table";
import { t } from "@/lib/texts";
import { KeyValue } from "@/ui/key-value";
import { QueryState } from "@/ui/query-state";
import classes from "./profile.module.css";

/** What is in each column: empties, distinct values, range, spread, what comes most. */
export function StreamProfile({ connector, name }: { connector: string; name: string }) {
  const profile = useQuery(streamProfileQuery(connector, name));
  return <QueryState query={profile}>{(data) => <Columns profile={data} />}</QueryState>;
}

function Columns({ profile }: { profile: Profile }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const column = profile.columns.find((one) => one.name === chosen) ?? profile.columns[0];
  if (!column) return null;
  return (
    <>
      <p className={classes.from}>{t.connectors.profiled(t.common.rows(profile.rows))}</p>
      <div className={classes.profile}>
        <ul className={classes.names}>
          {profile.columns.map((one) => (
            <li key={one.name}>
              <button
                type="button"
                className={classes.pick}
                aria-pressed={one.name === column.name}
                onClick={() => setChosen(one.name)}
              >
                <span className={classes.name}>{one.name}</span>
                <span className={classes.filled} aria-hidden>
                  <span style={{ width: `${100 * (1 - share(one.nulls, profile.rows))}%` }} />
                </span>
                <span className={classes.empty}>
                  {formatShare(share(one.nulls, profile.rows))} {t.connectors.nulls.toLowerCase()}
                </span>
              </button>
            </li>
          ))}
        </ul>
        <Facts column={column} rows={profile.rows} />
      </div>
    </>
  );
}

const share = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);

function Facts({ column, rows }: { column: ColumnProfile; rows: number }) {
  const most = Math.max(1, ...column.top.map((one) => one.count));
  return (
    <div className={classes.facts}>
      <KeyValue
        items={[
          [t.connectors.columnType, <code key="type">{column.type}</code>],
          [t.connectors.nulls, `${formatCount(column.nulls)} (${formatShare(share(column.nulls, rows))})`],
          [t.connectors.distinct, column.distinct === null ? null : formatCount(column.distinct)],
          [t.connectors.least, cellText(column.min) || null],
          [t.connectors.most, cellText(column.max) || null],
          [t.connectors.mean, column.mean === null ? null : String(Number(column.mean.toPrecision(6)))],
        ]}
      />
      {column.histogram && column.histogram.length > 0 && <Histogram column={column} />}
      {column.top.length > 0 && (
        <>
          <h3 className={classes.heading}>{t.connectors.top}</h3>
          <ol className={classes.top}>
            {column.top.map((one) => (
              <li key={cellText(one.value)}>
                <span className={classes.bar} style={{ width: `${(100 * one.count) / most}%` }} aria-hidden />
                <span className={classes.value}>
                  {one.value === null ? <em>{t.common.nullCell}</em> : cellText(one.value)}
                </span>
                <span>{formatCount(one.count)}</span>
              </li>
            ))}
          </ol>
        </>
      )}
    </div>
  );
}

function Histogram({ column }: { column: ColumnProfile }) {
  const bins = column.histogram ?? [];
  const top = Math.max(1, ...bins.map((bin) => bin.count));
  const [first, last] = [bins[0], bins.at(-1)];
  const words = bins.map((bin) => `${formatCompact(bin.from)}–${formatCompact(bin.to)}: ${formatCount(bin.count)}`);
  return (
    <figure className={classes.histogram}>
      <figcaption className={classes.heading}>{t.connectors.spread}</figcaption>
      <div
        className={classes.bins}
        role="img"
        aria-label={`${t.connectors.spreadOf(column.name)}. ${words.join("; ")}`}
      >
        {bins.map((bin, at) => (
          <span key={bin.from} title={words[at]} style={{ height: `${Math.max(2, (100 * bin.count) / top)}%` }} />
        ))}
      </div>
      <div className={classes.ends} aria-hidden>
        <span>{first && formatCompact(first.from)}</span>
        <span>{last && formatCompact(last.to)}</span>
      </div>
    </figure>
  );
}

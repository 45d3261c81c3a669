import { Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { isLive, timelineQuery } from "@/api/runs";
import type { RunDetail } from "@/api/types";
import { formatDuration } from "@/lib/format";
import { t } from "@/lib/texts";
import { EmptyState } from "@/ui/empty-state";
import { useNow } from "@/ui/moments";
import { Panel } from "@/ui/panel";
import { QueryState } from "@/ui/query-state";
import { toneOf } from "@/ui/status";
import { type GanttBar, ganttOf } from "./gantt";
import classes from "./timeline.module.css";

/** Which stream was worked on when, and how often it was tried. */
export function Timeline({ run }: { run: RunDetail }) {
  const live = isLive(run);
  const query = useQuery({ ...timelineQuery(run.id), refetchInterval: live ? 2_000 : false });
  const now = useNow(1_000);
  return (
    <Panel title={t.runs.tabs.timeline}>
      <QueryState query={query}>
        {(steps) => {
          const gantt = ganttOf(steps, now);
          if (gantt.rows.length === 0) return <EmptyState title={t.runs.timeline.none} />;
          return (
            <table className={classes.gantt} aria-label={t.runs.timeline.label}>
              <thead>
                <tr>
                  <th scope="col">{t.runs.load.stream}</th>
                  <td>
                    <div className={classes.axis} aria-hidden>
                      {gantt.ticks.map((tick) => (
                        <span key={tick.seconds} style={{ left: `${tick.at * 100}%` }}>
                          {formatDuration(tick.seconds)}
                        </span>
                      ))}
                    </div>
                  </td>
                </tr>
              </thead>
              <tbody>
                {gantt.rows.map((row) => (
                  <tr key={row.label}>
                    <th scope="row" title={row.label}>
                      {row.label}
                    </th>
                    <td>
                      <div className={classes.lane}>
                        {row.bars.map((bar, at) => (
                          // biome-ignore lint/suspicious/noArrayIndexKey: bars of one row are in the order they began
                          <Bar key={at} bar={bar} />
                        ))}
                      </div>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          );
        }}
      </QueryState>
    </Panel>
  );
}

function Bar({ bar }: { bar: GanttBar }) {
  const words = [
    bar.step,
    t.runs.timeline.attempt(bar.attempt),
    t.common.status[bar.status] ?? bar.status,
    formatDuration(bar.seconds),
  ].join(", ");
  return (
    <Tooltip label={words}>
      <div
        className={classes.bar}
        data-tone={toneOf(bar.status)}
        data-running={bar.running || undefined}
        style={{ left: `${bar.from * 100}%`, width: `${Math.max(0.4, (bar.to - bar.from) * 100)}%` }}
        role="img"
        aria-label={words}
      >
        <span>{formatDuration(bar.seconds)}</span>
      </div>
    </Tooltip>
  );
}

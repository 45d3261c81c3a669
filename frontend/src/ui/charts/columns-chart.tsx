import { scaleBand, scaleLinear } from "d3-scale";
import { formatCompact, formatCount, formatDay } from "@/lib/format";
import { ChartFrame, type Plot, ValueAxis } from "./chart-frame";

export interface Series {
  name: string;
  color: string;
  values: readonly number[];
}

interface Props {
  label: string;
  /** Calendar days, 2026-11-28. */
  days: readonly string[];
  /** Stacked from the bottom in this order. */
  series: readonly Series[];
  height?: number;
}

/** Counts per day as stacked columns. */
export function ColumnsChart({ label, days, series, height = 180 }: Props) {
  const sums = days.map((_, at) => series.reduce((sum, one) => sum + (one.values[at] ?? 0), 0));
  const top = Math.max(1, ...sums);
  const scales = (plot: Plot) => ({
    x: scaleBand<number>()
      .domain(days.map((_, at) => at))
      .range([0, plot.width])
      .padding(0.28),
    y: scaleLinear().domain([0, top]).nice(3).range([plot.height, 0]),
  });
  const table = {
    head: ["", ...series.map((one) => one.name)],
    rows: days.map((day, at) => [formatDay(day), ...series.map((one) => formatCount(one.values[at] ?? 0))]),
  };
  const every = Math.ceil(days.length / 8);
  return (
    <ChartFrame
      label={label}
      height={height}
      table={table}
      onPoint={(x, plot) => {
        const at = Math.floor(x / (plot.width / days.length));
        return at >= 0 && at < days.length ? at : null;
      }}
    >
      {(plot, active) => {
        const { x, y } = scales(plot);
        return (
          <>
            <ValueAxis plot={plot} ticks={y.ticks(3)} place={y} text={formatCompact} />
            {days.map((day, at) => {
              let base = 0;
              return (
                <g
                  key={day}
                  transform={`translate(${plot.left + (x(at) ?? 0)} ${plot.top})`}
                  opacity={active === null || active === at ? 1 : 0.45}
                >
                  {series.map((one) => {
                    const value = one.values[at] ?? 0;
                    const from = y(base);
                    base += value;
                    // A few among millions still show: at least one pixel.
                    const tall = value > 0 ? Math.max(1.5, from - y(base)) : 0;
                    return (
                      <rect
                        key={one.name}
                        y={from - tall}
                        width={x.bandwidth()}
                        height={tall}
                        fill={one.color}
                        rx={1.5}
                      />
                    );
                  })}
                  {at % every === 0 && (
                    <text
                      x={x.bandwidth() / 2}
                      y={plot.height + 16}
                      textAnchor="middle"
                      fill="var(--hw-ink-3)"
                      fontSize="11"
                    >
                      {formatDay(day)}
                    </text>
                  )}
                </g>
              );
            })}
          </>
        );
      }}
    </ChartFrame>
  );
}

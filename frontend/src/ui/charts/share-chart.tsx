import { scaleLinear, scalePoint } from "d3-scale";
import { area, curveMonotoneX, line } from "d3-shape";
import { formatDay, formatShare } from "@/lib/format";
import { ChartFrame, type Plot, ValueAxis } from "./chart-frame";
import classes from "./charts.module.css";

interface Props {
  label: string;
  name: string;
  days: readonly string[];
  /** Shares from 0 to 1; null where there was nothing to take a share of. */
  values: readonly (number | null)[];
  none: string;
  height?: number;
}

/** A share per day as a line; the axis begins where the differences are. */
export function ShareChart({ label, name, days, values, none, height = 180 }: Props) {
  const known = values.filter((value) => value !== null);
  const low = Math.min(1, ...known);
  const bottom = low >= 1 ? 0.9 : Math.max(0, 1 - (1 - low) * 1.5);
  const scales = (plot: Plot) => ({
    x: scalePoint<number>()
      .domain(days.map((_, at) => at))
      .range([0, plot.width])
      .padding(0.5),
    y: scaleLinear().domain([bottom, 1]).range([plot.height, 0]),
  });
  const points = values.map((value, at) => ({ value, at }));
  const table = {
    head: ["", name],
    rows: days.map((day, at) => {
      const value = values[at];
      return [formatDay(day), value === null || value === undefined ? none : formatShare(value)];
    }),
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
        const px = (one: { at: number }) => plot.left + (x(one.at) ?? 0);
        const py = (one: { value: number | null }) => plot.top + y(one.value ?? bottom);
        const defined = (one: { value: number | null }) => one.value !== null;
        const base = plot.top + plot.height;
        const fill = area<(typeof points)[number]>().x(px).y0(base).y1(py).defined(defined).curve(curveMonotoneX);
        const stroke = line<(typeof points)[number]>().x(px).y(py).defined(defined).curve(curveMonotoneX);
        return (
          <>
            <ValueAxis plot={plot} ticks={y.ticks(3)} place={y} text={formatShare} />
            <path d={fill(points) ?? ""} fill="var(--hw-series-1)" opacity={0.12} />
            <path d={stroke(points) ?? ""} className={classes.line} stroke="var(--hw-series-1)" />
            {points.filter(defined).map((one) => (
              <circle
                key={one.at}
                cx={px(one)}
                cy={py(one)}
                r={active === one.at ? 4.5 : 2.5}
                fill="var(--hw-series-1)"
              />
            ))}
            {days.map(
              (day, at) =>
                at % every === 0 && (
                  <text
                    key={day}
                    x={plot.left + (x(at) ?? 0)}
                    y={base + 16}
                    textAnchor="middle"
                    fill="var(--hw-ink-3)"
                    fontSize="11"
                  >
                    {formatDay(day)}
                  </text>
                ),
            )}
          </>
        );
      }}
    </ChartFrame>
  );
}

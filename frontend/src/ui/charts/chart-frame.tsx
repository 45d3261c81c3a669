import { useElementSize } from "@mantine/hooks";
import { type ReactNode, useState } from "react";
import classes from "./charts.module.css";

export interface Plot {
  left: number;
  top: number;
  width: number;
  height: number;
}

interface Props {
  label: string;
  height: number;
  /** The same figures as a table, for those who do not see the picture. */
  table: { head: string[]; rows: string[][] };
  /** What the picture says where the pointer is; index into the table's rows. */
  onPoint: (x: number, plot: Plot) => number | null;
  children: (plot: Plot, active: number | null) => ReactNode;
}

const MARGIN = { left: 44, right: 8, top: 10, bottom: 22 };

/** The frame of a small chart: it knows its width, says what is under the pointer, and carries its table. */
export function ChartFrame({ label, height, table, onPoint, children }: Props) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const [active, setActive] = useState<number | null>(null);
  const plot: Plot = {
    left: MARGIN.left,
    top: MARGIN.top,
    width: Math.max(0, width - MARGIN.left - MARGIN.right),
    height: height - MARGIN.top - MARGIN.bottom,
  };
  const row = active === null ? undefined : table.rows[active];
  return (
    <figure className={classes.figure} aria-label={label}>
      <div ref={ref} style={{ height }}>
        {width > 0 && (
          <svg
            width={width}
            height={height}
            aria-hidden
            onPointerMove={(event) => {
              const box = event.currentTarget.getBoundingClientRect();
              setActive(onPoint(event.clientX - box.left - plot.left, plot));
            }}
            onPointerLeave={() => setActive(null)}
          >
            {children(plot, active)}
          </svg>
        )}
      </div>
      <div className={classes.reading} aria-hidden>
        {row
          ? table.head.map((head, at) => (
              <span key={head}>
                {at > 0 && `${head} `}
                <strong>{row[at]}</strong>
              </span>
            ))
          : " "}
      </div>
      <table className={classes.table}>
        <caption>{label}</caption>
        <thead>
          <tr>
            {table.head.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((cells) => (
            <tr key={cells[0]}>
              {cells.map((cell, at) => (
                <td key={table.head[at]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

/** Lines and figures of the value axis. */
export function ValueAxis({ plot, ticks, place, text }: AxisProps) {
  return (
    <g className={classes.axis}>
      {ticks.map((tick) => (
        <g key={tick} transform={`translate(0 ${plot.top + place(tick)})`}>
          <line x1={plot.left} x2={plot.left + plot.width} />
          <text x={plot.left - 8} dy="0.32em" textAnchor="end">
            {text(tick)}
          </text>
        </g>
      ))}
    </g>
  );
}

interface AxisProps {
  plot: Plot;
  ticks: number[];
  place: (value: number) => number;
  text: (value: number) => string;
}

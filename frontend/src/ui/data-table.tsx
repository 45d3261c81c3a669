import { Checkbox } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import { t } from "@/lib/texts";
import classes from "./data-table.module.css";

export interface Column<Row> {
  key: string;
  header: ReactNode;
  cell: (row: Row) => ReactNode;
  align?: "right";
  width?: number | string;
  /** Left out on screens narrower than 48em. */
  wideOnly?: boolean;
  /** Short words that stay on one line: a status, a moment, a number with its unit. */
  tight?: boolean;
  /** Names of any length: three lines at most. */
  clip?: boolean;
}

interface Props<Row> {
  label: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => string;
  /** The first cell holds a link; this makes the rest of the row follow it. */
  onOpen?: (row: Row) => void;
  /** A row that stands out: the open one beside its details. */
  current?: string | null;
  selected?: ReadonlySet<string>;
  onSelect?: (selected: ReadonlySet<string>) => void;
  /** Called when the end comes near, to load more. */
  onEnd?: () => void;
  /** Rows known to exist, when more than are loaded. */
  total?: number;
  maxHeight?: number | string;
  rowHeight?: number;
}

const VIRTUAL_FROM = 80;

/** Rows and columns; beyond VIRTUAL_FROM rows only those in sight are in the page, so 20,000 scroll as 20 do. */
export function DataTable<Row>(props: Props<Row>) {
  const { label, rows, columns, rowKey, selected, onSelect, onEnd, total, maxHeight, rowHeight = 44 } = props;
  const box = useRef<HTMLDivElement>(null);
  const virtual = rows.length > VIRTUAL_FROM;
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    enabled: virtual,
  });
  const items = virtual ? virtualizer.getVirtualItems() : [];
  const first = items[0];
  const last = items.at(-1);
  const shown = virtual ? items.map((item) => item.index) : rows.map((_, index) => index);
  const before = first?.start ?? 0;
  const after = last ? virtualizer.getTotalSize() - last.end : 0;
  const width = columns.length + (onSelect ? 1 : 0);

  const nearEnd = virtual && last !== undefined && last.index >= rows.length - 20;
  // The scroll position, which React does not know, decides when more is wanted.
  useEffect(() => {
    if (nearEnd) onEnd?.();
  }, [nearEnd, onEnd, rows.length]);

  return (
    // A region that scrolls has to be reachable by keyboard.
    <div
      ref={box}
      className={classes.box}
      style={{ maxHeight: maxHeight ?? (virtual ? "70vh" : undefined) }}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      role="region"
      aria-label={label}
    >
      <table className={classes.table} aria-rowcount={(total ?? rows.length) + 1} aria-label={label}>
        <thead>
          <tr>
            {onSelect && selected && (
              <th className={classes.tick} scope="col">
                <Checkbox
                  size="xs"
                  aria-label={t.common.selectAll}
                  checked={rows.length > 0 && selected.size === rows.length}
                  indeterminate={selected.size > 0 && selected.size < rows.length}
                  onChange={(event) => onSelect(new Set(event.currentTarget.checked ? rows.map(rowKey) : []))}
                />
              </th>
            )}
            {columns.map((column) => (
              <th
                key={column.key}
                scope="col"
                style={{ width: column.width }}
                data-align={column.align}
                data-wide={column.wideOnly || undefined}
              >
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <Space height={before} width={width} />}
          {shown.map((index) => {
            const row = rows[index];
            return row === undefined ? null : <Line key={rowKey(row)} row={row} index={index} {...props} />;
          })}
          {after > 0 && <Space height={after} width={width} />}
        </tbody>
      </table>
    </div>
  );
}

const Space = ({ height, width }: { height: number; width: number }) => (
  <tr aria-hidden className={classes.space}>
    <td colSpan={width} style={{ height }} />
  </tr>
);

function Line<Row>({ row, index, columns, rowKey, onOpen, current, selected, onSelect }: Props<Row> & LineProps<Row>) {
  const key = rowKey(row);
  const toggle = () => {
    const next = new Set(selected);
    if (!next.delete(key)) next.add(key);
    onSelect?.(next);
  };
  const byKey = (event: KeyboardEvent) => {
    if (event.key === "Enter" && event.target === event.currentTarget) onOpen?.(row);
  };
  return (
    <tr
      aria-rowindex={index + 2}
      data-opens={onOpen ? true : undefined}
      data-current={current === key || undefined}
      onClick={onOpen && ((event) => !isControl(event.target) && onOpen(row))}
      onKeyDown={onOpen && byKey}
    >
      {onSelect && selected && (
        <td className={classes.tick}>
          <Checkbox
            size="xs"
            aria-label={`${t.common.selectRow} ${index + 1}`}
            checked={selected.has(key)}
            onChange={toggle}
          />
        </td>
      )}
      {columns.map((column) => (
        <td
          key={column.key}
          data-align={column.align}
          data-wide={column.wideOnly || undefined}
          data-tight={column.tight || undefined}
        >
          {column.clip ? <div className={classes.clip}>{column.cell(row)}</div> : column.cell(row)}
        </td>
      ))}
    </tr>
  );
}

interface LineProps<Row> {
  row: Row;
  index: number;
}

/** A click on a link or a button inside of a row is for that, not for the row. */
const isControl = (target: EventTarget) =>
  target instanceof Element && target.closest("a, button, input, label, [role=menuitem]") !== null;

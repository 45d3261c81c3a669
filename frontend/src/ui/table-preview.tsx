import { Fragment } from "react";
import { cellKey, cellText, type Table } from "@/lib/table";
import { t } from "@/lib/texts";
import classes from "./table-preview.module.css";

interface Props {
  table: Table;
  label: string;
  /** Cells that a step changed, as `cellKey(row, column)`. */
  changed?: ReadonlySet<string>;
  /** Rows that were rejected, by index, with the reason. */
  rejected?: ReadonlyMap<number, string>;
  maxHeight?: number | string;
}

/** A few rows of a stream, with types, nulls, changed cells and rejected rows told apart by more than colour. */
export function TablePreview({ table, label, changed, rejected, maxHeight = 360 }: Props) {
  if (table.columns.length === 0) return <p className={classes.none}>{t.common.emptyTable}</p>;
  return (
    // A region that scrolls has to be reachable by keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={classes.scroll} style={{ maxHeight }} tabIndex={0} role="region" aria-label={label}>
      <table className={classes.table}>
        <thead>
          <tr>
            {table.columns.map((column) => (
              <th key={column.name} scope="col">
                {column.name}
                {column.type && <span className={classes.type}>{column.type}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, at) => {
            const reason = rejected?.get(at);
            return (
              // Rows of a sample have no key of their own, and never move.
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              <Fragment key={at}>
                <tr data-rejected={reason !== undefined || undefined}>
                  {table.columns.map((column, index) => {
                    const value = row[index];
                    const isChanged = changed?.has(cellKey(at, index)) ?? false;
                    const empty = value === null || value === undefined;
                    return (
                      <td key={column.name} data-changed={isChanged || undefined} title={cellText(value)}>
                        {isChanged && <span className={classes.mark}>{t.common.changedCell}: </span>}
                        {empty ? <span className={classes.null}>{t.common.nullCell}</span> : cellText(value)}
                      </td>
                    );
                  })}
                </tr>
                {reason !== undefined && (
                  <tr className={classes.reason}>
                    <td colSpan={table.columns.length}>
                      {t.common.rejectedRow}: {reason}
                    </td>
                  </tr>
                )}
              </Fragment>
            );
          })}
        </tbody>
      </table>
      {table.rows.length === 0 && <p className={classes.none}>{t.common.emptyTable}</p>}
    </div>
  );
}

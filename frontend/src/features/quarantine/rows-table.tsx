import { TextInput } from "@mantine/core";
import { useState } from "react";
import type { QuarantineRow } from "@/api/types";
import { cellText } from "@/lib/table";
import { t } from "@/lib/texts";
import { type Column, DataTable } from "@/ui/data-table";
import { Panel } from "@/ui/panel";
import { StatusBadge } from "@/ui/status-badge";
import { currentRecord, type Edits, isEdited } from "./edits";
import classes from "./quarantine.module.css";

interface Props {
  rows: readonly QuarantineRow[];
  columns: readonly string[];
  edits: Edits;
  selected: ReadonlySet<number>;
  onSelect: (selected: ReadonlySet<number>) => void;
  onEdit: (row: QuarantineRow, column: string, typed: string) => void;
  onEnd: () => void;
}

/** The rows: why each was rejected, then its cells, which can be corrected in place. */
export function RowsTable({ rows, columns, edits, selected, onSelect, onEdit, onEnd }: Props) {
  const names = columns.length > 0 ? columns : [];
  const shown: Column<QuarantineRow>[] = [
    {
      key: "why",
      header: t.quarantine.why,
      width: "20rem",
      cell: (row) => (
        <div className={classes.why}>
          <StatusBadge status={row.status} />
          <span>
            <b>{row.step_name}</b> {row.messages.join("; ")}
            {row.note !== null && <em> {row.note}</em>}
          </span>
        </div>
      ),
    },
    ...names.map((name) => ({
      key: `column:${name}`,
      header: name,
      cell: (row: QuarantineRow) => (
        <EditableCell
          text={cellText(currentRecord(row, edits)[name])}
          empty={(currentRecord(row, edits)[name] ?? null) === null}
          guilty={row.rules.some((rule) => rule.column === name)}
          edited={isEdited(row, edits, name)}
          label={t.quarantine.editCell(name, row.row)}
          onEdit={row.status === "open" && row.record !== null ? (typed) => onEdit(row, name, typed) : null}
        />
      ),
    })),
    {
      key: "source",
      header: t.quarantine.source,
      wideOnly: true,
      cell: ({ source }) => (
        <span className={classes.source} title={[source.file, source.text].filter(Boolean).join("\n")}>
          {source.file === null ? "" : `${fileName(source.file)}${source.line === null ? "" : `:${source.line}`} `}
          {source.text}
        </span>
      ),
    },
  ];
  return (
    <Panel flush>
      <DataTable
        label={t.quarantine.rows}
        rows={rows}
        columns={rows.some((row) => row.source.file !== null || row.source.text !== null) ? shown : shown.slice(0, -1)}
        rowKey={(row) => String(row.row)}
        selected={new Set([...selected].map(String))}
        onSelect={(keys) =>
          onSelect(
            new Set(rows.filter((row) => row.status === "open" && keys.has(String(row.row))).map((row) => row.row)),
          )
        }
        onEnd={onEnd}
        maxHeight="65vh"
      />
    </Panel>
  );
}

const fileName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

interface CellProps {
  text: string;
  empty: boolean;
  /** The rule that was broken is about this column. */
  guilty: boolean;
  edited: boolean;
  label: string;
  onEdit: ((typed: string) => void) | null;
}

function EditableCell({ text, empty, guilty, edited, label, onEdit }: CellProps) {
  const [typing, setTyping] = useState<string | null>(null);
  if (typing !== null && onEdit !== null) {
    const done = () => {
      onEdit(typing);
      setTyping(null);
    };
    return (
      <TextInput
        size="xs"
        autoFocus
        aria-label={label}
        value={typing}
        onChange={(event) => setTyping(event.currentTarget.value)}
        onBlur={done}
        onKeyDown={(event) => {
          if (event.key === "Enter") done();
          if (event.key === "Escape") setTyping(null);
        }}
      />
    );
  }
  const shown = empty ? t.common.nullCell : text;
  const marks = {
    "data-guilty": guilty || undefined,
    "data-edited": edited || undefined,
    "data-null": empty || undefined,
  };
  if (onEdit === null) {
    return (
      <span className={classes.cell} {...marks} title={text}>
        {shown}
      </span>
    );
  }
  return (
    <button
      type="button"
      className={classes.cell}
      {...marks}
      title={text}
      aria-label={`${label}: ${shown}${edited ? `, ${t.quarantine.edited}` : ""}`}
      onDoubleClick={() => setTyping(text)}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== "F2") return;
        event.preventDefault();
        setTyping(text);
      }}
    >
      {shown}
    </button>
  );
}

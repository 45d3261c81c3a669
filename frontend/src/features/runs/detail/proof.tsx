import { Stack, Text } from "@mantine/core";
import type { RunDetail } from "@/api/types";
import { formatCount } from "@/lib/format";
import { t } from "@/lib/texts";
import { type Column, DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { KeyValue } from "@/ui/key-value";
import { Panel } from "@/ui/panel";
import { StatusBadge } from "@/ui/status-badge";
import { loadsOf, type ReportLoad, type SchemaChange } from "./report";

/** The balance of each load, and what the destination says it did. */
export function Proof({ run }: { run: RunDetail }) {
  const loads = loadsOf(run);
  if (loads.length === 0) return <EmptyState title={t.runs.proof.none} />;
  return (
    <Stack gap="md">
      <Panel title={t.runs.proof.formula} aside={t.runs.proof.note} flush>
        <DataTable label={t.runs.tabs.proof} rows={loads} columns={BALANCE} rowKey={keyOf} />
      </Panel>
      {loads.map((load) => (
        <Details key={keyOf(load)} load={load} />
      ))}
    </Stack>
  );
}

const keyOf = (load: ReportLoad): string => `${load.stream}→${load.destination}:${load.table}`;

const BALANCE: Column<ReportLoad>[] = [
  { key: "stream", header: t.runs.load.stream, cell: (load) => <code>{`${load.stream} → ${load.destination}`}</code> },
  ...(["read", "filtered", "rejected", "deduplicated", "written"] as const).map((key) => ({
    key,
    header: t.runs[key],
    align: "right" as const,
    cell: (load: ReportLoad) => formatCount(load.rows[key]),
  })),
  {
    key: "balanced",
    header: "",
    cell: (load) => (
      <StatusBadge
        status={load.balanced ? "passed" : "failed"}
        label={load.balanced ? t.runs.proof.balanced : t.runs.proof.unbalanced}
      />
    ),
  },
];

function Details({ load }: { load: ReportLoad }) {
  const changed = Object.entries(load.changed ?? {}).map(([what, rows]) => `${what} ${formatCount(rows)}`);
  const checksum = load.checks.find((check) => check.name === "checksum");
  return (
    <Panel title={`${load.stream} → ${load.destination}: ${load.table}`}>
      <KeyValue
        items={[
          [t.runs.load.write, load.write],
          [t.runs.load.delivery, load.delivery],
          [t.runs.proof.changed, changed.join(", ") || null],
          [t.runs.proof.checkpoint, load.checkpoint === null ? null : <code>{JSON.stringify(load.checkpoint)}</code>],
          [
            t.runs.proof.checksum,
            checksum === undefined
              ? null
              : `${checksum.passed ? t.runs.checks.passed : t.runs.checks.broken}: ${String(checksum["sent"])} = ${String(checksum["staged"])}`,
          ],
          [t.runs.proof.warnings, load.warnings.length > 0 ? load.warnings.join("; ") : null],
        ]}
      />
    </Panel>
  );
}

type ChangeRow = SchemaChange & { load: ReportLoad };

/** What became of the columns of each table. */
export function SchemaChanges({ run }: { run: RunDetail }) {
  const rows = loadsOf(run).flatMap((load) => load.schema_changes.map((change) => ({ ...change, load })));
  if (rows.length === 0) return <EmptyState title={t.runs.schema.none} hint={t.runs.schema.noneHint} />;
  return (
    <Panel flush>
      <DataTable
        label={t.runs.tabs.schema}
        rows={rows}
        columns={CHANGES}
        rowKey={(row) => `${keyOf(row.load)}.${row.column}.${row.change}`}
      />
    </Panel>
  );
}

const CHANGES: Column<ChangeRow>[] = [
  {
    key: "table",
    header: t.runs.load.table,
    cell: (row) => (
      <Text component="span" size="sm" ff="monospace">
        {row.load.table}
      </Text>
    ),
  },
  { key: "column", header: t.runs.schema.column, cell: (row) => <code>{row.column}</code> },
  {
    key: "change",
    header: t.runs.schema.change,
    cell: (row) => (
      <StatusBadge
        status={row.change === "incompatible" ? "failed" : row.change === "missing" ? "warned" : "next"}
        label={row.change}
      />
    ),
  },
  { key: "before", header: t.runs.schema.before, wideOnly: true, cell: (row) => row.before ?? "–" },
  { key: "after", header: t.runs.schema.after, cell: (row) => row.after ?? "–" },
];

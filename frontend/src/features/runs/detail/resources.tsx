import type { Attempt, RunDetail } from "@/api/types";
import { formatDuration } from "@/lib/format";
import { t } from "@/lib/texts";
import { type Column, DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { Bytes, RelativeTime } from "@/ui/moments";
import { Panel } from "@/ui/panel";
import { StatusBadge } from "@/ui/status-badge";

/** Who worked on the run, how often it was begun, and what it cost. */
export function Resources({ run }: { run: RunDetail }) {
  if (run.attempts.length === 0) return <EmptyState title={t.runs.resources.none} />;
  return (
    <Panel flush>
      <DataTable
        label={t.runs.tabs.resources}
        rows={run.attempts}
        columns={COLUMNS}
        rowKey={(attempt) => String(attempt.attempt)}
      />
    </Panel>
  );
}

const COLUMNS: Column<Attempt>[] = [
  { key: "attempt", header: t.runs.attempt, cell: (one) => one.attempt },
  { key: "status", header: t.runs.status, cell: (one) => <StatusBadge status={one.status} /> },
  { key: "worker", header: t.runs.resources.worker, wideOnly: true, cell: (one) => <code>{one.worker ?? "–"}</code> },
  {
    key: "begun",
    header: t.runs.resources.begun,
    cell: (one) => <RelativeTime at={one.started_at} none="–" />,
    wideOnly: true,
  },
  {
    key: "ended",
    header: t.runs.resources.ended,
    cell: (one) => <RelativeTime at={one.finished_at} none="–" />,
    wideOnly: true,
  },
  {
    key: "cpu",
    header: t.runs.resources.cpu,
    align: "right",
    cell: (one) => (one.cpu_s === null ? "–" : formatDuration(one.cpu_s)),
  },
  {
    key: "memory",
    header: t.runs.resources.memory,
    align: "right",
    cell: (one) => <Bytes value={one.peak_memory_bytes} />,
  },
  {
    key: "error",
    header: t.runs.error.cause,
    cell: (one) => (one.error === null ? "" : `${one.error.message} (${one.error.code})`),
  },
];

import { Code, Group, Stack, Switch, Text } from "@mantine/core";
import { useState } from "react";
import type { Cell, RunDetail } from "@/api/types";
import { formatCount } from "@/lib/format";
import type { Table } from "@/lib/table";
import { t } from "@/lib/texts";
import { EmptyState } from "@/ui/empty-state";
import { KeyValue } from "@/ui/key-value";
import { Panel } from "@/ui/panel";
import { StatusBadge } from "@/ui/status-badge";
import { TablePreview } from "@/ui/table-preview";
import { loadsOf, type ReportCheck, type ReportLoad } from "./report";

/** Every rule and proof of every load, the broken ones first, with the rows that broke them. */
export function Checks({ run }: { run: RunDetail }) {
  const [onlyBroken, setOnlyBroken] = useState(false);
  const loads = loadsOf(run).filter((load) => load.checks.length > 0);
  const all = loads.flatMap((load) => load.checks);
  if (all.length === 0) return <EmptyState title={t.runs.checks.none} hint={t.runs.checks.noneHint} />;
  const passed = all.filter((check) => check.passed).length;
  return (
    <Stack gap="md">
      <Group gap="lg">
        <Text size="sm">{t.runs.checks.summary(passed, all.length)}</Text>
        <Switch
          label={t.runs.checks.onlyFailed}
          checked={onlyBroken}
          onChange={(event) => setOnlyBroken(event.currentTarget.checked)}
        />
      </Group>
      {loads.map((load) => (
        <LoadChecks key={`${load.stream}→${load.destination}`} load={load} onlyBroken={onlyBroken} />
      ))}
    </Stack>
  );
}

function LoadChecks({ load, onlyBroken }: { load: ReportLoad; onlyBroken: boolean }) {
  const shown = [...load.checks]
    .filter((check) => !onlyBroken || !check.passed)
    .sort((a, b) => Number(a.passed) - Number(b.passed));
  if (shown.length === 0) return null;
  return (
    <Panel title={`${load.stream} → ${load.destination}`}>
      <Stack gap="sm">
        {shown.map((check, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two rules of a step may have the same name
          <Check key={at} check={check} />
        ))}
      </Stack>
    </Panel>
  );
}

function Check({ check }: { check: ReportCheck }) {
  const plain = (check.samples ?? []).filter((sample) => typeof sample !== "object");
  const samples = plain.length > 0 ? null : tableOf(check.samples ?? []);
  return (
    <section>
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <StatusBadge
          status={check.passed ? "passed" : check.severity === "warn" ? "warned" : "failed"}
          label={check.passed ? t.runs.checks.passed : t.runs.checks.broken}
        />
        <div style={{ minWidth: 0 }}>
          <Text size="sm" fw={560} style={{ overflowWrap: "anywhere" }}>
            {check.name}
          </Text>
          <Text size="xs" c="dimmed">
            {[check.step_name, check.message, check.severity].filter(Boolean).join(" · ")}
            {check.rows !== undefined && check.rows > 0 && ` · ${formatCount(check.rows)} ${t.common.rowsUnit}`}
          </Text>
          {plain.length > 0 && !check.passed && (
            <Text size="xs">
              {t.runs.checks.forExample}{" "}
              {plain.map((sample) => (
                <Code key={String(sample)} mr={6} style={{ overflowWrap: "anywhere" }}>
                  {String(sample)}
                </Code>
              ))}
            </Text>
          )}
          <Facts check={check} />
        </div>
      </Group>
      {samples !== null && !check.passed && (
        <TablePreview table={samples} label={`${t.runs.checks.samples}: ${check.name}`} maxHeight={200} />
      )}
    </section>
  );
}

/** Figures of a rule about the whole stream. */
function Facts({ check }: { check: ReportCheck }) {
  if (check.kind !== "set") return null;
  const bounds = [check["lower"], check["upper"]].map((bound) =>
    bound === null || bound === undefined ? "…" : String(bound),
  );
  return (
    <KeyValue
      items={[
        [t.runs.checks.value, JSON.stringify(check["value"] ?? null)],
        [t.runs.checks.bounds, bounds.join(" – ")],
      ]}
    />
  );
}

/** Sample rows as a table; a sample that is no row is shown as it is. */
export function tableOf(samples: readonly unknown[]): Table | null {
  if (samples.length === 0) return null;
  const rows = samples.map((sample) => rowOf(sample));
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return { columns: names.map((name) => ({ name })), rows: rows.map((row) => names.map((name) => row[name] ?? null)) };
}

function rowOf(sample: unknown): Record<string, Cell> {
  if (typeof sample === "string" && sample.startsWith("{")) {
    try {
      return JSON.parse(sample) as Record<string, Cell>;
    } catch {
      // A value that only looks like a row.
    }
  }
  if (typeof sample === "object" && sample !== null && !Array.isArray(sample)) return sample as Record<string, Cell>;
  return { [t.runs.checks.value]: sample as Cell };
}

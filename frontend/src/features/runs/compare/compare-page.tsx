import { SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { runQuery } from "@/api/runs";
import type { RunDetail } from "@/api/types";
import { figuresOf } from "@/features/runs/detail/report";
import { asYaml } from "@/lib/copy-as";
import { formatCount, formatDuration, formatMoment } from "@/lib/format";
import { t } from "@/lib/texts";
import { type Column, DataTable } from "@/ui/data-table";
import { CodeEditor } from "@/ui/code";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Loading } from "@/ui/loading";
import { PageHeader } from "@/ui/page-header";
import { Panel } from "@/ui/panel";
import { StatusBadge } from "@/ui/status-badge";
import { pathTo, ToLink } from "@/ui/to-link";

interface Figure {
  name: string;
  a: number | null;
  b: number | null;
  show: (value: number) => string;
}

/** Two runs side by side: what took longer, read or rejected more, and whether they ran the same document. */
export function ComparePage({ a, b }: { a: string | undefined; b: string | undefined }) {
  const one = useQuery({ ...runQuery(a ?? ""), enabled: a !== undefined });
  const two = useQuery({ ...runQuery(b ?? ""), enabled: b !== undefined });
  if (a === undefined || b === undefined) return <EmptyState title={t.runs.comparePage.choose} />;
  if (one.isError) return <ErrorState error={one.error} />;
  if (two.isError) return <ErrorState error={two.error} />;
  if (one.data === undefined || two.data === undefined) return <Loading />;
  return <Comparison a={one.data} b={two.data} />;
}

function Comparison({ a, b }: { a: RunDetail; b: RunDetail }) {
  const [left, right] = [asYaml(a.document), asYaml(b.document)];
  return (
    <Stack gap="md">
      <PageHeader title={t.runs.comparePage.title} />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <Head label={t.runs.comparePage.a} run={a} />
        <Head label={t.runs.comparePage.b} run={b} />
      </SimpleGrid>
      <Panel title={t.runs.comparePage.figures} flush>
        <DataTable
          label={t.runs.comparePage.figures}
          rows={figures(a, b)}
          columns={COLUMNS}
          rowKey={(row) => row.name}
        />
      </Panel>
      <Panel title={`${t.runs.comparePage.streams}: ${t.runs.comparePage.rows}`} flush>
        <DataTable
          label={t.runs.comparePage.streams}
          rows={streams(a, b)}
          columns={COLUMNS}
          rowKey={(row) => row.name}
        />
      </Panel>
      <Panel title={t.runs.comparePage.document}>
        {left === right ? (
          <Text size="sm">{t.runs.comparePage.sameDocument}</Text>
        ) : (
          <SimpleGrid cols={{ base: 1, md: 2 }}>
            <CodeEditor language="yaml" label={t.runs.comparePage.a} value={left} readOnly />
            <CodeEditor language="yaml" label={t.runs.comparePage.b} value={right} readOnly />
          </SimpleGrid>
        )}
      </Panel>
    </Stack>
  );
}

function Head({ label, run }: { label: string; run: RunDetail }) {
  return (
    <Panel title={label} aside={<StatusBadge status={run.status} />}>
      <ToLink to={pathTo("/runs", run.id)} style={{ overflowWrap: "anywhere" }}>
        {run.pipeline.name}
      </ToLink>
      <Text size="sm">{formatMoment(run.started_at ?? run.created_at)}</Text>
      <Text size="xs" c="dimmed">
        {t.runs.version} {run.version ?? "–"}
      </Text>
    </Panel>
  );
}

const COLUMNS: Column<Figure>[] = [
  { key: "name", header: "", cell: (row) => row.name },
  { key: "a", header: t.runs.comparePage.a, align: "right", cell: (row) => (row.a === null ? "–" : row.show(row.a)) },
  { key: "b", header: t.runs.comparePage.b, align: "right", cell: (row) => (row.b === null ? "–" : row.show(row.b)) },
  { key: "difference", header: t.runs.comparePage.difference, align: "right", cell: (row) => change(row) },
];

function change({ a, b, show }: Figure): string {
  if (a === null || b === null) return "–";
  if (a === b) return "=";
  return `${b > a ? "+" : "−"}${show(Math.abs(b - a))}`;
}

function figures(a: RunDetail, b: RunDetail): Figure[] {
  const rows = (["read", "filtered", "rejected", "deduplicated", "written"] as const).map((key) => ({
    name: t.runs[key],
    a: a.rows?.[key] ?? null,
    b: b.rows?.[key] ?? null,
    show: formatCount,
  }));
  return [{ name: t.runs.took, a: a.took_s, b: b.took_s, show: formatDuration }, ...rows];
}

function streams(a: RunDetail, b: RunDetail): Figure[] {
  const written = (run: RunDetail) =>
    new Map(figuresOf(run).map((one) => [one.stream, [...one.written.values()].reduce((sum, rows) => sum + rows, 0)]));
  const [left, right] = [written(a), written(b)];
  return [...new Set([...left.keys(), ...right.keys()])].map((name) => ({
    name,
    a: left.get(name) ?? null,
    b: right.get(name) ?? null,
    show: formatCount,
  }));
}

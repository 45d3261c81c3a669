import { Accordion, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type PlannedLoad, planPipeline } from "@/api/pipeline-tools";
import type { PipelineDocument } from "@/lib/pipeline-document";
import { t } from "@/lib/texts";
import { CodeEditor } from "@/ui/code";
import { ErrorState } from "@/ui/error-state";
import { KeyValue } from "@/ui/key-value";
import { Loading } from "@/ui/loading";
import { Panel } from "@/ui/panel";
import { StatusBadge } from "@/ui/status-badge";
import classes from "./plan.module.css";
import { SchemaTable } from "./schema-table";

/** What a run would do, load by load: how surely, what the source does itself, how it is written, and the SQL. */
export function PlanView({ document }: { document: PipelineDocument }) {
  const query = useQuery({
    queryKey: ["pipelines", "plan", document] as const,
    queryFn: async ({ signal }) => (await planPipeline(document, signal)).loads,
    staleTime: 60_000,
    retry: false,
  });
  return (
    <Panel title={t.pipelines.plan.title} aside={t.pipelines.plan.note}>
      {query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Loading lines={5} />
      ) : (
        <Accordion multiple defaultValue={query.data.length === 1 ? ["0"] : []} variant="separated">
          {query.data.map((load, at) => (
            <Accordion.Item key={`${load.stream}→${load.destination}:${load.table}`} value={String(at)}>
              <Accordion.Control>
                <Head load={load} />
              </Accordion.Control>
              <Accordion.Panel>
                <Load load={load} />
              </Accordion.Panel>
            </Accordion.Item>
          ))}
        </Accordion>
      )}
    </Panel>
  );
}

function Head({ load }: { load: PlannedLoad }) {
  return (
    <Group gap="sm">
      <Text component="span" ff="monospace" size="sm" className={classes.name}>
        {load.stream} → {load.destination}: {load.table}
      </Text>
      <StatusBadge status="next" label={load.write} />
      <StatusBadge status={load.delivery.level === "exactly once" ? "passed" : "warned"} label={load.delivery.level} />
    </Group>
  );
}

function Load({ load }: { load: PlannedLoad }) {
  const left = load.predicates.filter((predicate) => !load.pushed.includes(predicate));
  const words = t.pipelines.plan;
  return (
    <Stack gap="lg">
      <KeyValue
        items={[
          [words.delivery, `${load.delivery.level} — ${load.delivery.because}`],
          [words.mode, load.cursor === null ? load.mode : `${load.mode}, ${load.cursor}`],
          [words.write, load.write],
          [words.key, load.key.join(", ") || null],
          [words.table, load.table],
          [words.verify, load.verify],
          [words.partitions, load.partitions],
          [words.pushed, load.pushed.join("; ") || words.nothing],
          [words.notPushed, left.join("; ") || null],
          [words.notRead, load.columns_not_read.join(", ") || null],
          [words.notes, load.notes.join("; ") || null],
        ]}
      />
      <SchemaTable load={load} />
      {load.sql.length > 0 && (
        <div>
          <Text size="sm" fw={600} mb="xs">
            {words.sql}
          </Text>
          <CodeEditor
            language="sql"
            label={`${words.sql}: ${load.stream}`}
            value={load.sql.join(";\n\n")}
            readOnly
            maxHeight={320}
          />
        </div>
      )}
    </Stack>
  );
}

import { Button, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { stateQuery, type StreamState } from "@/api/pipeline-tools";
import { t } from "@/lib/texts";
import { type Column, DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Loading } from "@/ui/loading";
import { LongName } from "@/ui/long-name";
import { RelativeTime } from "@/ui/moments";
import { Panel } from "@/ui/panel";
import { EditState, Resync } from "./state-dialogs";

interface Props {
  pipeline: string;
  onStarted: (run: string) => void;
}

/** Where each stream stands, read from the destinations; changing it asks for the stream's name. */
export function StateView({ pipeline, onStarted }: Props) {
  const query = useQuery(stateQuery(pipeline));
  const [editing, setEditing] = useState<StreamState | null>(null);
  const [resyncing, setResyncing] = useState<StreamState | null>(null);
  return (
    <Panel title={t.pipelines.state.title} aside={t.pipelines.state.note} flush={(query.data?.length ?? 0) > 0}>
      {query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Loading />
      ) : query.data.length === 0 ? (
        <EmptyState title={t.pipelines.state.none} hint={t.pipelines.state.noneHint} />
      ) : (
        <DataTable
          label={t.pipelines.state.title}
          rows={query.data}
          columns={columnsOf(setEditing, setResyncing)}
          rowKey={(state) => `${state.stream}→${state.destination}:${state.table}`}
        />
      )}
      {editing !== null && <EditState pipeline={pipeline} state={editing} onClose={() => setEditing(null)} />}
      {resyncing !== null && (
        <Resync pipeline={pipeline} state={resyncing} onClose={() => setResyncing(null)} onStarted={onStarted} />
      )}
    </Panel>
  );
}

function columnsOf(
  onEdit: (state: StreamState) => void,
  onResync: (state: StreamState) => void,
): Column<StreamState>[] {
  return [
    {
      key: "stream",
      header: t.pipelines.state.stream,
      cell: (state) => (
        <code>
          <LongName name={state.stream} />
        </code>
      ),
    },
    {
      key: "table",
      header: t.pipelines.state.table,
      cell: (state) => `${state.destination}: ${state.table}`,
      wideOnly: true,
    },
    {
      key: "checkpoint",
      header: t.pipelines.state.checkpoint,
      cell: (state) => <Checkpoint checkpoint={state.checkpoint} />,
    },
    {
      key: "at",
      header: t.pipelines.state.at,
      cell: (state) => <RelativeTime at={state.committed_at} none="–" />,
      wideOnly: true,
    },
    {
      key: "actions",
      header: "",
      align: "right",
      cell: (state) => (
        <Group gap="xs" justify="flex-end">
          <Button size="compact-xs" variant="default" onClick={() => onEdit(state)}>
            {t.pipelines.state.edit}
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => onResync(state)}>
            {t.pipelines.state.resync}
          </Button>
        </Group>
      ),
    },
  ];
}

/** The cursor's value where there is one; else how the stream is read. */
function Checkpoint({ checkpoint }: Pick<StreamState, "checkpoint">) {
  if (checkpoint === null) return t.pipelines.state.begin;
  const cursor = checkpoint["cursor"];
  if (typeof cursor === "object" && cursor !== null && !Array.isArray(cursor)) {
    const value = String(cursor["value"]).replace(/\.0+$/, "");
    return (
      <code>
        {String(cursor["column"])} = <LongName name={value} />
      </code>
    );
  }
  if (checkpoint["mode"] === "full") return t.pipelines.state.whole;
  return (
    <Text component="code" ff="monospace" size="xs" lineClamp={3}>
      {JSON.stringify(checkpoint)}
    </Text>
  );
}

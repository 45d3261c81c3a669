import { Group, Stack } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { type PipelineVersion, versionsQuery } from "@/api/pipeline-tools";
import { t } from "@/lib/texts";
import { type Column, DataTable } from "@/ui/data-table";
import { ErrorState } from "@/ui/error-state";
import { Loading } from "@/ui/loading";
import { RelativeTime } from "@/ui/moments";
import { Panel } from "@/ui/panel";
import { StatusBadge } from "@/ui/status-badge";
import { VersionPanel } from "./version-panel";

interface Props {
  pipeline: string;
  /** The version that is looked at. */
  selected: number | null;
  onSelect: (version: number) => void;
  onRolledBack: () => void;
}

const COLUMNS: Column<PipelineVersion>[] = [
  {
    key: "number",
    header: t.runs.version,
    cell: (version) => (
      <Group gap="xs">
        {version.number} {version.current && <StatusBadge status="passed" label={t.pipelines.versions.current} />}
      </Group>
    ),
  },
  { key: "message", header: t.pipelines.versions.message, wideOnly: true, cell: (version) => version.message ?? "–" },
  { key: "author", header: t.runs.by, cell: (version) => version.author ?? "–" },
  { key: "at", header: t.common.created, cell: (version) => <RelativeTime at={version.created_at} /> },
];

/** Every saved state of the document: who, when, what changed, and the way back. */
export function VersionsView({ pipeline, selected, onSelect, onRolledBack }: Props) {
  const query = useInfiniteQuery(versionsQuery(pipeline));
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (query.isPending) return <Loading />;
  const versions = query.data.pages.flatMap((page) => page.items);
  const shown = versions.find((version) => version.number === selected) ?? versions[0];
  return (
    <Stack gap="md">
      <Panel title={t.pipelines.versions.title} flush>
        <DataTable
          label={t.pipelines.versions.title}
          rows={versions}
          columns={COLUMNS}
          rowKey={(version) => String(version.number)}
          current={shown === undefined ? null : String(shown.number)}
          onOpen={(version) => onSelect(version.number)}
          onEnd={() => query.hasNextPage && void query.fetchNextPage()}
        />
      </Panel>
      {shown !== undefined && (
        <VersionPanel
          key={shown.number}
          pipeline={pipeline}
          version={shown}
          versions={versions}
          onRolledBack={onRolledBack}
        />
      )}
    </Stack>
  );
}

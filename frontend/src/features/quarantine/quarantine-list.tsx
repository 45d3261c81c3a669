import { Anchor, Stack, Switch } from "@mantine/core";
import { IconShieldCheck } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { quarantineQuery } from "@/api/quarantine";
import type { QuarantineFile } from "@/api/types";
import { formatCount } from "@/lib/format";
import { t } from "@/lib/texts";
import { type Column, DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Loading } from "@/ui/loading";
import { Bytes, RelativeTime } from "@/ui/moments";
import { PageHeader } from "@/ui/page-header";
import { Panel } from "@/ui/panel";
import { pathTo, ToLink } from "@/ui/to-link";

interface Props {
  pipeline: string | undefined;
  run: string | undefined;
  open: boolean;
  onOpenOnly: (open: boolean) => void;
}

/** What was rejected, by run and stream, newest first. */
export function QuarantineList({ pipeline, run, open, onOpenOnly }: Props) {
  const filter = {
    ...(pipeline === undefined ? {} : { pipeline }),
    ...(run === undefined ? {} : { run }),
    ...(open ? { open: true } : {}),
  };
  const query = useInfiniteQuery(quarantineQuery(filter));
  const navigate = useNavigate();
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <PageHeader title={t.quarantine.title} about={t.quarantine.about} />
      <Stack gap="md">
        <Switch
          label={t.quarantine.onlyOpen}
          checked={open}
          onChange={(event) => onOpenOnly(event.currentTarget.checked)}
        />
        {query.isError && query.data === undefined ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : query.isPending ? (
          <Loading />
        ) : rows.length === 0 ? (
          <EmptyState title={t.quarantine.none} hint={t.quarantine.noneHint} icon={<IconShieldCheck size={24} />} />
        ) : (
          <Panel flush>
            <DataTable
              label={t.quarantine.title}
              rows={rows}
              columns={COLUMNS}
              rowKey={(file) => file.id}
              rowHeight={58}
              onOpen={(file) => void navigate({ to: pathTo("/quarantine", file.id) })}
              onEnd={() => query.hasNextPage && !query.isFetchingNextPage && void query.fetchNextPage()}
            />
          </Panel>
        )}
      </Stack>
    </>
  );
}

const COLUMNS: Column<QuarantineFile>[] = [
  {
    key: "stream",
    header: t.quarantine.stream,
    clip: true,
    cell: (file) => (
      <Anchor component={Link} to={pathTo("/quarantine", file.id)} fw={600}>
        {file.stream}
      </Anchor>
    ),
  },
  {
    key: "pipeline",
    header: t.quarantine.pipeline,
    clip: true,
    cell: (file) => <ToLink to={pathTo("/pipelines", file.pipeline.name)}>{file.pipeline.name}</ToLink>,
  },
  { key: "open", header: t.quarantine.open, align: "right", cell: (file) => formatCount(file.open_rows) },
  { key: "rows", wideOnly: true, header: t.quarantine.rows, align: "right", cell: (file) => formatCount(file.rows) },
  {
    key: "rules",
    header: t.quarantine.rules,
    wideOnly: true,
    cell: (file) => {
      const rules = [...file.rules].sort((a, b) => b.rows - a.rows);
      const shown = rules.slice(0, 2).map((rule) => `${rule.rule}: ${formatCount(rule.rows)}`);
      return [...shown, ...(rules.length > 2 ? [`+${rules.length - 2}`] : [])].join(", ");
    },
  },
  {
    key: "size",
    header: t.quarantine.size,
    align: "right",
    wideOnly: true,
    cell: (file) => <Bytes value={file.size_bytes} />,
  },
  { key: "at", header: t.quarantine.at, cell: (file) => <RelativeTime at={file.created_at} /> },
  {
    key: "run",
    header: t.quarantine.run,
    wideOnly: true,
    cell: (file) =>
      file.run_id === null ? "–" : <ToLink to={pathTo("/runs", file.run_id)}>{file.run_id.slice(0, 8)}</ToLink>,
  },
];

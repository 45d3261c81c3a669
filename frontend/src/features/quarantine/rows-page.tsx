import { Button, Group, Menu, Select, Stack, Text } from "@mantine/core";
import { IconDownload, IconPlayerTrackNext, IconTrash } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useBlocker } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { editRows, exportAddress, quarantineKeys, replayRows, type RowFilter, rowsQuery } from "@/api/quarantine";
import type { QuarantineFile, RowStatus } from "@/api/types";
import { asCurl } from "@/lib/copy-as";
import { formatCount } from "@/lib/format";
import { t } from "@/lib/texts";
import { CopyAs } from "@/ui/copy-as";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Loading } from "@/ui/loading";
import { RelativeTime } from "@/ui/moments";
import { PageHeader } from "@/ui/page-header";
import { pathTo, ToLink } from "@/ui/to-link";
import { toastDone, toastFailed } from "@/ui/toast";
import { DismissDialog } from "./dismiss-dialog";
import { type Edits, withCell } from "./edits";
import { RowsTable } from "./rows-table";

/** What of the page stands in the URL. */
export interface RowsPlace {
  rule?: string | undefined;
  status?: RowStatus | undefined;
}

interface Props {
  file: QuarantineFile;
  place: RowsPlace;
  onPlace: (place: RowsPlace) => void;
  onRun: (run: string) => void;
}

const NONE: Edits = new Map();

/** Rejected rows of one stream in one run: why, what they hold, and what becomes of them. */
export function RowsPage({ file, place, onPlace, onRun }: Props) {
  const filter: RowFilter = {
    ...(place.rule === undefined ? {} : { rule: place.rule }),
    ...(place.status === undefined ? {} : { status: place.status }),
  };
  const query = useInfiniteQuery(rowsQuery(file.id, filter));
  const [edits, setEdits] = useState<Edits>(NONE);
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const [dismissing, setDismissing] = useState(false);
  useBlocker({
    shouldBlockFn: ({ current, next }) =>
      edits.size > 0 && current.pathname !== next.pathname && !window.confirm(t.common.unsaved),
    enableBeforeUnload: () => edits.size > 0,
  });
  const client = useQueryClient();
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const columns = useMemo(() => [...new Set(query.data?.pages.flatMap((page) => page.columns) ?? [])], [query.data]);
  const refresh = () => client.invalidateQueries({ queryKey: quarantineKeys.all });
  const save = useMutation({
    mutationFn: () =>
      editRows(
        file.id,
        [...edits].map(([row, record]) => ({ row, record })),
      ),
    onSuccess: async () => {
      toastDone(t.quarantine.edits(edits.size));
      await refresh();
      setEdits(NONE);
    },
    onError: (error) => toastFailed(error),
  });
  const replay = useMutation({
    mutationFn: () => replayRows(file.id, selected.size === 0 ? null : [...selected]),
    onSuccess: async (run) => {
      toastDone(t.quarantine.replayed);
      await refresh();
      onRun(run.id);
    },
    onError: (error) => toastFailed(error),
  });
  const open = selected.size === 0 ? file.open_rows : selected.size;
  return (
    <>
      <PageHeader
        title={`${t.quarantine.title}: ${file.stream}`}
        about={
          <>
            <ToLink to={pathTo("/pipelines", file.pipeline.name)}>{file.pipeline.name}</ToLink> ·{" "}
            {formatCount(file.open_rows)} {t.quarantine.open.toLowerCase()} / {formatCount(file.rows)} ·{" "}
            <RelativeTime at={file.created_at} />
            {file.run_id !== null && (
              <>
                {" · "}
                <ToLink to={pathTo("/runs", file.run_id)}>{t.quarantine.openRun}</ToLink>
              </>
            )}
          </>
        }
        actions={
          <Group gap="sm">
            <ExportMenu file={file.id} />
            <Button
              variant="default"
              leftSection={<IconTrash size={16} aria-hidden />}
              disabled={selected.size === 0}
              onClick={() => setDismissing(true)}
            >
              {t.quarantine.dismissSome(selected.size)}
            </Button>
            <Button
              leftSection={<IconPlayerTrackNext size={16} aria-hidden />}
              disabled={open === 0 || edits.size > 0}
              title={edits.size > 0 ? t.quarantine.unsavedEdits : t.quarantine.replayHint}
              loading={replay.isPending}
              onClick={() => replay.mutate()}
            >
              {selected.size === 0 ? t.quarantine.replayAll(file.open_rows) : t.quarantine.replaySome(selected.size)}
            </Button>
          </Group>
        }
      />
      <Stack gap="md">
        <Group gap="sm" align="end">
          <Select
            label={t.quarantine.rule}
            data={[...new Set(file.rules.map((rule) => rule.rule))]}
            placeholder={t.quarantine.allRules}
            value={place.rule ?? null}
            clearable
            onChange={(rule) => onPlace({ ...place, rule: rule ?? undefined })}
          />
          <Select
            label={t.quarantine.status}
            data={(["open", "replayed", "dismissed"] as const).map((value) => ({
              value,
              label: t.common.status[value] ?? value,
            }))}
            placeholder={t.quarantine.allStatus}
            value={place.status ?? null}
            clearable
            onChange={(status) => onPlace({ ...place, status: (status as RowStatus | null) ?? undefined })}
          />
          {edits.size > 0 && (
            <>
              <Button loading={save.isPending} onClick={() => save.mutate()}>
                {t.quarantine.saveEdits(edits.size)}
              </Button>
              <Button variant="default" onClick={() => setEdits(NONE)}>
                {t.quarantine.dropEdits}
              </Button>
            </>
          )}
          <CopyAs
            compact
            curl={() =>
              asCurl("POST", `/api/quarantine/${file.id}/replay`, selected.size === 0 ? {} : { rows: [...selected] })
            }
          />
        </Group>
        <Text size="xs" c="dimmed">
          {t.quarantine.editHint} {t.quarantine.replayHint}
        </Text>
        {query.isError && query.data === undefined ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : query.isPending ? (
          <Loading lines={6} />
        ) : rows.length === 0 ? (
          <EmptyState title={t.quarantine.noRows} hint={t.common.noMatchHint} />
        ) : (
          <RowsTable
            rows={rows}
            columns={columns}
            edits={edits}
            selected={selected}
            onSelect={setSelected}
            onEdit={(row, column, typed) => setEdits((old) => withCell(old, row, column, typed))}
            onEnd={() => query.hasNextPage && !query.isFetchingNextPage && void query.fetchNextPage()}
          />
        )}
      </Stack>
      {dismissing && (
        <DismissDialog
          file={file.id}
          rows={[...selected]}
          onClose={() => setDismissing(false)}
          onDone={async () => {
            toastDone(t.quarantine.dismissed(selected.size));
            setSelected(new Set());
            setDismissing(false);
            await refresh();
          }}
        />
      )}
    </>
  );
}

function ExportMenu({ file }: { file: string }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />}>
          {t.common.download}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href={exportAddress(file, "csv")} download>
          {t.quarantine.exportCsv}
        </Menu.Item>
        <Menu.Item component="a" href={exportAddress(file, "jsonl")} download>
          {t.quarantine.exportJsonl}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

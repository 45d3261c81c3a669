import { Badge, Button, Checkbox, Group, Modal, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { IconPlus, IconRefresh } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useMemo, useState } from "react";
import { connectorKeys, refreshStreams, streamsQuery } from "@/api/connectors";
import type { StreamInfo } from "@/api/types";
import { chooseStream, leaveOut, setStreams } from "@/features/pipelines/document/edit";
import type { DraftControl } from "@/features/pipelines/editor/use-draft";
import { stepAt, streamItems } from "@/lib/pipeline-document";
import { formatCount } from "@/lib/format";
import { t } from "@/lib/texts";
import { type Column, DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Loading } from "@/ui/loading";
import { RelativeTime } from "@/ui/moments";
import { SearchInput } from "@/ui/search-input";
import { type Choice, choiceOf, entriesOf, isLeftOut, readsAll, setCursor, setMode } from "./choice";
import classes from "./streams.module.css";

interface Props {
  control: DraftControl;
  source: number;
  connector: string;
}

/** The streams that the source has, to choose from: which, how they are read, and by which cursor. */
export function StreamChooser({ control, source, connector }: Props) {
  const [q, setQ] = useState("");
  const client = useQueryClient();
  const query = useInfiniteQuery(streamsQuery(connector, q));
  const refresh = useMutation({
    mutationFn: () => refreshStreams(connector),
    onSuccess: () => client.invalidateQueries({ queryKey: connectorKeys.all }),
  });
  const streams = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const entries = entriesOf(control.document, source);
  const all = readsAll(control.document, source);
  const rows = streams.map((stream) => ({ stream, choice: choiceOf(entries, stream.name) }));
  const set = { control, source };
  const columns = useMemo(() => columnsOf(set), [control.edit, source]); // eslint-disable-line react-hooks/exhaustive-deps
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <Stack gap="sm">
      <Switch
        label={t.pipelines.streams.all}
        checked={all}
        disabled={query.isPending}
        onChange={(event) => {
          const on = event.currentTarget.checked;
          const names = on ? ["*"] : streams.slice(0, 500).map((stream) => stream.name);
          control.edit((document) => setStreams(document, source, names));
        }}
      />
      <Group gap="sm" align="center">
        <div className={classes.search}>
          <SearchInput value={q} onChange={setQ} label={t.pipelines.streams.search} />
        </div>
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} aria-hidden />}
          loading={refresh.isPending}
          onClick={() => refresh.mutate()}
        >
          {t.pipelines.streams.refresh}
        </Button>
        <Text size="xs" c="dimmed">
          {t.pipelines.streams.refreshed} <RelativeTime at={query.data?.pages[0]?.refreshed_at ?? null} />
        </Text>
      </Group>
      {refresh.isError && <ErrorState error={refresh.error} />}
      {query.isPending ? (
        <Loading lines={6} />
      ) : rows.length === 0 ? (
        <EmptyState
          title={q === "" ? t.pipelines.streams.none : t.common.noMatch}
          hint={q === "" ? undefined : t.common.noMatchHint}
        />
      ) : (
        <DataTable
          label={t.pipelines.streams.title}
          rows={rows}
          columns={columns}
          rowKey={(row) => row.stream.name}
          maxHeight="55vh"
          total={query.data.pages[0]?.total ?? rows.length}
          onEnd={() => query.hasNextPage && !query.isFetchingNextPage && void query.fetchNextPage()}
        />
      )}
      <PatternForm onAdd={(pattern) => control.edit((document) => withPattern(document, source, pattern))} />
    </Stack>
  );
}

interface Row {
  stream: StreamInfo;
  choice: Choice;
}

function columnsOf({ control, source }: { control: DraftControl; source: number }): Column<Row>[] {
  return [
    {
      key: "name",
      header: t.pipelines.streams.title,
      cell: ({ stream, choice }) => (
        <Group gap="xs" wrap="nowrap">
          <Checkbox
            size="xs"
            label={<span className={classes.name}>{stream.name}</span>}
            checked={choice.at >= 0}
            disabled={choice.pattern !== null && choice.pattern !== "*"}
            onChange={(event) => {
              const on = event.currentTarget.checked;
              control.edit((document) =>
                choice.pattern === "*" || isLeftOut(document, source, stream.name)
                  ? leaveOut(document, source, stream.name, !on)
                  : chooseStream(document, source, stream.name, on),
              );
            }}
          />
          {choice.pattern !== null && choice.pattern !== "*" && (
            <Badge size="xs" variant="light" color="gray">
              {t.pipelines.streams.byPattern(choice.pattern)}
            </Badge>
          )}
        </Group>
      ),
    },
    {
      key: "mode",
      header: t.pipelines.streams.mode,
      width: "9rem",
      cell: ({ stream, choice }) =>
        choice.at < 0 ? null : (
          <Select
            size="xs"
            aria-label={`${t.pipelines.streams.mode}: ${stream.name}`}
            data={[
              { value: "full", label: t.pipelines.streams.modes.full },
              { value: "incremental", label: t.pipelines.streams.modes.incremental },
            ]}
            value={choice.entry?.mode ?? "full"}
            allowDeselect={false}
            onChange={(mode) =>
              control.edit((document) =>
                setMode(document, source, stream, mode === "incremental" ? "incremental" : "full"),
              )
            }
          />
        ),
    },
    {
      key: "cursor",
      header: t.pipelines.streams.cursor,
      width: "11rem",
      cell: ({ stream, choice }) =>
        choice.entry?.mode !== "incremental" ? null : (
          <Select
            size="xs"
            aria-label={`${t.pipelines.streams.cursor}: ${stream.name}`}
            placeholder={stream.cursors[0] ?? t.pipelines.streams.cursorNone}
            error={choice.entry.cursor === null && stream.cursors.length === 0}
            data={cursorChoices(stream)}
            value={choice.entry.cursor}
            allowDeselect={false}
            searchable
            onChange={(cursor) =>
              cursor !== null && control.edit((document) => setCursor(document, source, stream.name, cursor))
            }
          />
        ),
    },
    {
      key: "key",
      header: t.pipelines.streams.key,
      wideOnly: true,
      cell: ({ stream, choice }) => (
        <span className={classes.name}>{(choice.entry?.primaryKey ?? stream.primary_key).join(", ") || "–"}</span>
      ),
    },
    {
      key: "columns",
      header: t.pipelines.streams.columns,
      align: "right",
      wideOnly: true,
      cell: ({ stream }) => stream.columns.length,
    },
    {
      key: "rows",
      header: t.pipelines.streams.rows,
      align: "right",
      wideOnly: true,
      cell: ({ stream }) => (stream.row_estimate === null ? "–" : formatCount(stream.row_estimate)),
    },
  ];
}

/** The source's candidates first, then every other column. */
function cursorChoices(stream: StreamInfo): string[] {
  return [...new Set([...stream.cursors, ...stream.columns.map((column) => column.name)])];
}

function withPattern(document: DraftControl["document"], source: number, pattern: string) {
  const written = readsAll(document, source) ? [] : streamItems(stepAt(document, "sources", source));
  return setStreams(document, source, [...written, pattern]);
}

function PatternForm({ onAdd }: { onAdd: (pattern: string) => void }) {
  const [pattern, setPattern] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (pattern.trim() === "") return;
    onAdd(pattern.trim());
    setPattern("");
  };
  return (
    <form onSubmit={submit}>
      <Group gap="sm" align="end">
        <TextInput
          label={t.pipelines.streams.pattern}
          placeholder={t.pipelines.streams.patternHint}
          value={pattern}
          onChange={(event) => setPattern(event.currentTarget.value)}
        />
        <Button
          type="submit"
          variant="default"
          leftSection={<IconPlus size={16} aria-hidden />}
          disabled={pattern.trim() === ""}
        >
          {t.pipelines.streams.addPattern}
        </Button>
      </Group>
    </form>
  );
}

/** The chooser over the page. */
export function StreamChooserDialog({ opened, onClose, ...props }: Props & { opened: boolean; onClose: () => void }) {
  const count = entriesOf(props.control.document, props.source).length;
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size="64rem"
      title={t.pipelines.streams.choose}
      closeButtonProps={{ "aria-label": t.common.close }}
    >
      <Stack>
        <StreamChooser {...props} />
        <Group justify="space-between">
          <Text size="sm" c="dimmed" role="status">
            {readsAll(props.control.document, props.source)
              ? t.pipelines.streams.all
              : t.pipelines.streams.chosen(count)}
          </Text>
          <Button onClick={onClose}>{t.pipelines.streams.done}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

import { Tabs } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { streamPreviewQuery, streamsQuery } from "@/api/connectors";
import type { StreamInfo } from "@/api/types";
import { t } from "@/lib/texts";
import { type Column, DataTable } from "@/ui/data-table";
import { KeyValue } from "@/ui/key-value";
import { Loading } from "@/ui/loading";
import { Panel } from "@/ui/panel";
import { QueryState } from "@/ui/query-state";
import { TablePreview } from "@/ui/table-preview";
import { TabList } from "@/ui/tab-list";
import type { View } from "./place";
import classes from "./connectors.module.css";
import { StreamProfile } from "./stream-profile";

interface Props {
  connector: string;
  name: string;
  /** Known already when it is in the list beside. */
  stream: StreamInfo | undefined;
  view: View;
  onView: (view: View) => void;
}

/** One stream: columns and types, first rows, a profile of each column. */
export function StreamDetail({ connector, name, stream, view, onView }: Props) {
  // A link may name a stream that the loaded part of the list does not hold.
  const alone = useInfiniteQuery({ ...streamsQuery(connector, name), enabled: !stream });
  const info = stream ?? alone.data?.pages.flatMap((page) => page.items).find((one) => one.name === name);
  return (
    <Panel title={<span className={classes.streamTitle}>{name}</span>}>
      <Tabs value={view} onChange={(next) => onView(next as View)}>
        <TabList mb="sm">
          {(["columns", "rows", "profile"] as const).map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t.connectors.views[one]}
            </Tabs.Tab>
          ))}
        </TabList>
        <Tabs.Panel value="columns">{info ? <Columns stream={info} /> : <Loading />}</Tabs.Panel>
        <Tabs.Panel value="rows">
          <Rows connector={connector} name={name} />
        </Tabs.Panel>
        <Tabs.Panel value="profile">
          <StreamProfile connector={connector} name={name} />
        </Tabs.Panel>
      </Tabs>
    </Panel>
  );
}

type ColumnInfo = StreamInfo["columns"][number];

function Columns({ stream }: { stream: StreamInfo }) {
  const columns: Column<ColumnInfo>[] = [
    { key: "name", header: t.connectors.column, cell: (row) => <span className={classes.mono}>{row.name}</span> },
    { key: "type", header: t.connectors.columnType, cell: (row) => <span className={classes.mono}>{row.type}</span> },
    { key: "null", header: t.connectors.nullable, cell: (row) => (row.nullable ? t.connectors.yes : t.connectors.no) },
  ];
  return (
    <>
      <div className={classes.facts}>
        <KeyValue
          items={[
            [t.connectors.key, stream.primary_key.length > 0 ? stream.primary_key.join(", ") : null],
            [t.connectors.cursors, stream.cursors.length > 0 ? stream.cursors.join(", ") : null],
          ]}
        />
      </div>
      <div className={classes.spaced}>
        <DataTable
          label={`${stream.name}: ${t.connectors.views.columns}`}
          rows={stream.columns}
          columns={columns}
          rowKey={(row) => row.name}
          maxHeight="52vh"
        />
      </div>
    </>
  );
}

function Rows({ connector, name }: { connector: string; name: string }) {
  const preview = useQuery(streamPreviewQuery(connector, name));
  return (
    <QueryState query={preview}>
      {(table) => <TablePreview table={table} label={t.connectors.previewOf(name)} maxHeight="56vh" />}
    </QueryState>
  );
}

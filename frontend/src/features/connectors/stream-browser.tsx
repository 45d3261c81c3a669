import { Button } from "@mantine/core";
import { IconArrowLeft, IconRefresh, IconTable } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { refreshStreams, streamsQuery } from "@/api/connectors";
import type { Connector, StreamInfo } from "@/api/types";
import { t } from "@/lib/texts";
import { type Column, DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Loading } from "@/ui/loading";
import { LongName } from "@/ui/long-name";
import { RelativeTime } from "@/ui/moments";
import { Panel } from "@/ui/panel";
import { SearchInput } from "@/ui/search-input";
import { toastFailed } from "@/ui/toast";
import type { Place } from "./place";
import classes from "./connectors.module.css";
import { StreamDetail } from "./stream-detail";

interface Props {
  connector: Connector;
  source: boolean;
  place: Place;
  onPlace: (place: Partial<Place>) => void;
}

/** The streams of a source on the left, the chosen one on the right; twenty thousand scroll like twenty. */
export function StreamBrowser({ connector, source, place, onPlace }: Props) {
  const client = useQueryClient();
  const streams = useInfiniteQuery({ ...streamsQuery(connector.name, place.q), enabled: source });
  const rows = useMemo(() => streams.data?.pages.flatMap((page) => page.items) ?? [], [streams.data]);
  const refresh = useMutation({
    mutationFn: () => refreshStreams(connector.name),
    onSuccess: () => client.invalidateQueries({ queryKey: ["connectors", "streams", connector.name] }),
    onError: (error) => toastFailed(error),
  });
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = streams;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  if (!source) return <EmptyState title={t.connectors.streamsDestinationOnly} />;
  const refreshed = streams.data?.pages[0]?.refreshed_at;
  const total = streams.data?.pages[0]?.total ?? 0;
  const columns: Column<StreamInfo>[] = [
    {
      key: "name",
      header: t.connectors.stream,
      cell: (row) => (
        <button
          type="button"
          className={classes.stream}
          aria-pressed={row.name === place.stream}
          onClick={() => onPlace({ stream: row.name })}
        >
          <LongName name={row.name} />
          <span className={classes.about}>
            {t.common.columns(row.columns.length)}
            {row.row_estimate !== null && `, ${t.connectors.rowsAbout(row.row_estimate)}`}
          </span>
        </button>
      ),
    },
  ];
  const chosen = rows.find((row) => row.name === place.stream);
  return (
    <div className={classes.browser} data-chosen={place.stream ? true : undefined}>
      <div className={classes.list}>
        <Panel
          flush
          title={total > 0 ? t.common.streams(total) : t.connectors.tabs.streams}
          aside={
            <span className={classes.asked}>
              {refreshed && (
                <span>
                  {t.connectors.refreshed} <RelativeTime at={refreshed} />
                </span>
              )}
              <Button
                variant="subtle"
                size="compact-xs"
                loading={refresh.isPending}
                leftSection={<IconRefresh size={14} aria-hidden />}
                onClick={() => refresh.mutate()}
              >
                {t.common.refresh}
              </Button>
            </span>
          }
        >
          <div className={classes.streamSearch}>
            <SearchInput value={place.q} label={t.connectors.streamsSearch} onChange={(q) => onPlace({ q })} />
          </div>
          {streams.isError && rows.length === 0 ? (
            <div className={classes.padded}>
              <ErrorState error={streams.error} onRetry={() => void streams.refetch()} />
            </div>
          ) : streams.isPending ? (
            <div className={classes.padded}>
              <Loading lines={6} />
            </div>
          ) : rows.length === 0 ? (
            <EmptyState
              title={place.q ? t.common.noMatch : t.connectors.streamsNone}
              hint={place.q ? t.common.noMatchHint : t.connectors.streamsNoneHint}
            />
          ) : (
            <DataTable
              label={t.connectors.tabs.streams}
              rows={rows}
              columns={columns}
              rowKey={(row) => row.name}
              current={place.stream ?? null}
              onEnd={more}
              total={total}
              rowHeight={54}
              maxHeight="max(20rem, calc(100dvh - 23rem))"
            />
          )}
          {isFetchingNextPage && <p className={classes.padded}>{t.connectors.loadingMore}</p>}
        </Panel>
      </div>
      <div className={classes.detail}>
        {place.stream ? (
          <>
            <Button
              className={classes.backButton ?? ""}
              variant="subtle"
              size="compact-sm"
              mb="xs"
              leftSection={<IconArrowLeft size={16} aria-hidden />}
              onClick={() => onPlace({ stream: undefined })}
            >
              {t.connectors.backToStreams}
            </Button>
            <StreamDetail
              key={place.stream}
              connector={connector.name}
              name={place.stream}
              stream={chosen}
              view={place.view}
              onView={(view) => onPlace({ view })}
            />
          </>
        ) : (
          <div className={classes.pick}>
            <EmptyState
              icon={<IconTable size={22} />}
              title={t.connectors.streamPick}
              hint={t.connectors.streamPickHint}
            />
          </div>
        )}
      </div>
    </div>
  );
}

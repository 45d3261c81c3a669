import { Button, Select, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { connectorsQuery, streamsQuery } from "@/api/connectors";
import { tryProcessor } from "@/api/processors";
import type { Config } from "@/api/types";
import { t } from "@/lib/texts";
import { ErrorState } from "@/ui/error-state";
import { Loading } from "@/ui/loading";
import { Panel } from "@/ui/panel";
import { ToLink } from "@/ui/to-link";
import classes from "./processors.module.css";
import type { Sample } from "./sample";
import { TryResults } from "./try-results";

interface Props {
  type: string;
  /** The saved one, whose stored secrets are used. */
  processor?: string | undefined;
  config: Config;
  wrong: number;
  sample: Sample;
  onSample: (sample: Sample) => void;
  /** Somebody tried it while settings were wrong: show which. */
  onWrong: () => void;
}

/** Runs the step over the first rows of a stream. */
export function TryPanel({ type, processor, config, wrong, sample, onSample, onWrong }: Props) {
  const connectors = useQuery(connectorsQuery());
  const [refused, setRefused] = useState(false);
  const attempt = useMutation({
    mutationFn: (request: { connector: string; stream: string }) =>
      tryProcessor({ type, config, ...(processor ? { processor } : {}), ...request }),
  });
  const { connector, stream } = sample;
  const go = () => {
    setRefused(wrong > 0);
    if (wrong > 0) onWrong();
    else if (connector && stream) attempt.mutate({ connector, stream });
  };
  return (
    <section className={classes.try}>
      <Panel title={t.processors.tryTitle}>
        <p className={classes.lead}>{t.processors.tryLead}</p>
        {connectors.data?.length === 0 ? (
          <Text size="sm">
            {t.processors.tryNoConnectors} <ToLink to="/connectors/catalog">{t.connectors.add}</ToLink>
          </Text>
        ) : (
          <div className={classes.pick}>
            <Select
              label={t.processors.tryConnector}
              placeholder={t.processors.tryPick}
              data={connectors.data?.map((one) => one.name) ?? []}
              value={connector ?? null}
              searchable
              onChange={(next) => onSample({ connector: next ?? undefined, stream: undefined })}
            />
            <StreamSelect
              connector={connector}
              stream={stream}
              onStream={(next) => onSample({ connector, stream: next })}
            />
            <Button
              leftSection={<IconPlayerPlay size={16} aria-hidden />}
              disabled={!connector || !stream}
              loading={attempt.isPending}
              onClick={go}
            >
              {t.processors.tryRun}
            </Button>
          </div>
        )}
        {refused && wrong > 0 && (
          <Text size="sm" c="var(--hw-bad-ink)" mt="sm" role="alert">
            {t.processors.tryFix}
          </Text>
        )}
        <div className={classes.results}>
          {attempt.isPending ? (
            <Loading lines={3} />
          ) : attempt.isError ? (
            <ErrorState error={attempt.error} onRetry={go} />
          ) : (
            attempt.data && <TryResults result={attempt.data} />
          )}
        </div>
      </Panel>
    </section>
  );
}

const TYPING_MS = 250;

interface StreamSelectProps {
  connector: string | undefined;
  stream: string | undefined;
  onStream: (stream: string | undefined) => void;
}

/** Streams are searched on the server: a source may have twenty thousand. */
function StreamSelect({ connector, stream, onStream }: StreamSelectProps) {
  const [typed, setTyped] = useState("");
  const [settled] = useDebouncedValue(typed, TYPING_MS);
  const q = settled === stream ? "" : settled;
  const streams = useInfiniteQuery({ ...streamsQuery(connector ?? "", q), enabled: Boolean(connector) });
  const names = streams.data?.pages[0]?.items.map((one) => one.name) ?? [];
  return (
    <Select
      label={t.processors.tryStream}
      placeholder={t.processors.tryPick}
      disabled={!connector}
      data={stream && !names.includes(stream) ? [stream, ...names] : names}
      value={stream ?? null}
      searchable
      limit={200}
      searchValue={typed}
      onSearchChange={setTyped}
      nothingFoundMessage={streams.isFetching ? t.common.loading : t.common.noMatch}
      error={streams.isError ? streams.error.message : undefined}
      onChange={(next) => onStream(next ?? undefined)}
    />
  );
}

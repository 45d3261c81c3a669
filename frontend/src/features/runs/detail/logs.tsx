import { Button, Group, Select, Switch } from "@mantine/core";
import { IconArrowBarToDown, IconDownload, IconExclamationCircle } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { Live } from "@/api/live";
import { firstError, isLive, logsAddress } from "@/api/runs";
import type { RunDetail } from "@/api/types";
import { t } from "@/lib/texts";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Loading } from "@/ui/loading";
import { Panel } from "@/ui/panel";
import { SearchInput } from "@/ui/search-input";
import { toastDone, toastFailed } from "@/ui/toast";
import { LEVELS, type LogLevel } from "./levels";
import { LogList } from "./log-list";
import classes from "./logs.module.css";
import { useLog } from "./use-log";

/** What of the log stands in the URL. */
export interface LogView {
  level?: LogLevel | undefined;
  q?: string | undefined;
  line?: number | undefined;
}

interface Props {
  run: RunDetail;
  live: Live;
  view: LogView;
  onChange: (view: LogView) => void;
}

/** The log: only the lines in sight are drawn, the newest stay in sight while the run is live. */
export function Logs({ run, live, view, onChange }: Props) {
  const { level = "info", q = "", line } = view;
  const running = isLive(run);
  const [follow, setFollow] = useState(line === undefined);
  // The same line may be asked for again, after scrolling away.
  const [jumps, setJumps] = useState(0);
  const log = useLog(run.id, level, q, line, running ? live : null);
  const jump = useMutation({
    mutationFn: () => firstError(run.id),
    onSuccess: ({ id }) => {
      if (id === null) return toastDone(t.runs.logs.noError);
      setFollow(false);
      setJumps((count) => count + 1);
      onChange({ level, line: id });
    },
    onError: (error) => toastFailed(error),
  });
  const toEnd = () => {
    setFollow(true);
    if (line !== undefined) onChange({ level, q, line: undefined });
  };
  return (
    <Panel
      title={t.runs.tabs.logs}
      aside={
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            leftSection={<IconExclamationCircle size={14} aria-hidden />}
            loading={jump.isPending}
            onClick={() => jump.mutate()}
          >
            {t.runs.logs.firstError}
          </Button>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconArrowBarToDown size={14} aria-hidden />}
            onClick={toEnd}
          >
            {t.runs.logs.end}
          </Button>
          <Button
            size="xs"
            variant="default"
            component="a"
            href={logsAddress(run.id)}
            download={`${run.pipeline.name}-${run.id}.log`}
            leftSection={<IconDownload size={14} aria-hidden />}
          >
            {t.runs.logs.download}
          </Button>
        </Group>
      }
    >
      <div className={classes.bar}>
        <Select
          aria-label={t.runs.logs.level}
          data={LEVELS.map((value) => ({ value, label: t.runs.logs.levels[value] }))}
          value={level}
          allowDeselect={false}
          onChange={(value) => onChange({ level: value as LogLevel, q })}
        />
        <SearchInput value={q} label={t.runs.logs.search} onChange={(text) => onChange({ level, q: text })} />
        {running && (
          <Switch
            label={t.runs.logs.follow}
            checked={follow}
            onChange={(event) => (event.currentTarget.checked ? toEnd() : setFollow(false))}
          />
        )}
      </div>
      {log.error !== null && log.lines.length === 0 ? (
        <ErrorState error={log.error} />
      ) : log.loading ? (
        <Loading lines={6} />
      ) : log.lines.length === 0 ? (
        <EmptyState title={q === "" && level !== "error" ? t.runs.logs.noneYet : t.runs.logs.none} />
      ) : (
        <LogList key={jumps} log={log} follow={follow} marked={line ?? null} onFollow={setFollow} />
      )}
    </Panel>
  );
}

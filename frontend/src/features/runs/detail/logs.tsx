import { Button, Group, Select, Switch, Text } from "@mantine/core";
import { IconArrowUp, IconDownload, IconExclamationCircle } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState } from "react";
import type { Live } from "@/api/live";
import { firstError, isLive, logsAddress } from "@/api/runs";
import type { LogLine, RunDetail } from "@/api/types";
import { t } from "@/lib/texts";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Loading } from "@/ui/loading";
import { Panel } from "@/ui/panel";
import { SearchInput } from "@/ui/search-input";
import { toastDone, toastFailed } from "@/ui/toast";
import classes from "./logs.module.css";
import { useLog } from "./use-log";
import { LEVELS, type LogLevel } from "./levels";

interface Props {
  run: RunDetail;
  live: Live;
  level: LogLevel;
  q: string;
  onChange: (place: { level?: LogLevel; q?: string }) => void;
}

/** The log: only the lines in sight are drawn, the newest stay in sight while the run is live. */
export function Logs({ run, live, level, q, onChange }: Props) {
  const running = isLive(run);
  const [follow, setFollow] = useState(running);
  const [marked, setMarked] = useState<number | null>(null);
  const log = useLog(run.id, level, q, running ? live : null);
  const jump = useMutation({
    mutationFn: async () => {
      const { id } = await firstError(run.id);
      if (id !== null) await log.loadAround(id);
      return id;
    },
    onSuccess: (id) => {
      setFollow(false);
      setMarked(id);
      if (id === null) toastDone(t.runs.logs.noError);
    },
    onError: (error) => toastFailed(error),
  });
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
            component="a"
            href={logsAddress(run.id)}
            download
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
          onChange={(value) => onChange({ level: value as LogLevel })}
        />
        <SearchInput value={q} label={t.runs.logs.search} onChange={(text) => onChange({ q: text })} />
        {running && (
          <Switch
            label={t.runs.logs.follow}
            checked={follow}
            onChange={(event) => setFollow(event.currentTarget.checked)}
          />
        )}
      </div>
      {log.error !== null ? (
        <ErrorState error={log.error} />
      ) : log.loading ? (
        <Loading lines={6} />
      ) : log.lines.length === 0 ? (
        <EmptyState title={q === "" && level !== "error" ? t.runs.logs.noneYet : t.runs.logs.none} />
      ) : (
        <Lines lines={log.lines} follow={follow} marked={marked} onEarlier={log.moreBefore ? log.loadEarlier : null} />
      )}
    </Panel>
  );
}

interface LinesProps {
  lines: readonly LogLine[];
  follow: boolean;
  marked: number | null;
  onEarlier: (() => void) | null;
}

function Lines({ lines, follow, marked, onEarlier }: LinesProps) {
  const box = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<number | null>(null);
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => 26,
    overscan: 20,
    getItemKey: (index) => lines[index]?.id ?? index,
    initialRect: { width: 800, height: 480 },
  });
  // The scroll position is the browser's: it goes to the end while following, or to the marked line.
  useEffect(() => {
    if (marked !== null) {
      const at = lines.findIndex((line) => line.id === marked);
      if (at >= 0) virtualizer.scrollToIndex(at, { align: "center" });
    } else if (follow) virtualizer.scrollToIndex(lines.length - 1, { align: "end" });
  }, [lines, follow, marked, virtualizer]);
  return (
    <>
      {onEarlier !== null && (
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconArrowUp size={14} aria-hidden />}
          onClick={onEarlier}
        >
          {t.runs.logs.earlier}
        </Button>
      )}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls has to be reachable by keyboard */}
      <div ref={box} className={classes.box} tabIndex={0} role="log" aria-label={t.runs.logs.label} aria-live="off">
        <div style={{ height: virtualizer.getTotalSize(), position: "relative" }}>
          {virtualizer.getVirtualItems().map((item) => {
            const line = lines[item.index];
            if (line === undefined) return null;
            return (
              <div
                key={item.key}
                ref={virtualizer.measureElement}
                data-index={item.index}
                className={classes.slot}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <Line
                  line={line}
                  marked={line.id === marked}
                  open={open === line.id}
                  onOpen={() => setOpen(open === line.id ? null : line.id)}
                />
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}

function Line({ line, marked, open, onOpen }: { line: LogLine; marked: boolean; open: boolean; onOpen: () => void }) {
  const facts = line.facts !== null && Object.keys(line.facts).length > 0 ? line.facts : null;
  return (
    <div className={classes.line} data-level={line.level.toLowerCase()} data-marked={marked || undefined}>
      <time dateTime={line.at}>{line.at.slice(11, 23)}</time>
      <span className={classes.level}>{line.level}</span>
      <span className={classes.words}>
        {line.attempt > 1 && <Text span size="xs" c="dimmed">{`${t.runs.timeline.attempt(line.attempt)} `}</Text>}
        {line.stream !== null && <span className={classes.stream}>{line.stream}</span>} {line.message}
        {facts !== null && (
          <button type="button" className={classes.more} aria-expanded={open} onClick={onOpen}>
            {t.runs.logs.facts}
          </button>
        )}
        {open && facts !== null && <code className={classes.facts}>{JSON.stringify(facts, null, 2)}</code>}
      </span>
    </div>
  );
}

import { Button, Text } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState } from "react";
import type { LogLine } from "@/api/types";
import { formatInstant, formatMoment } from "@/lib/format";
import { t } from "@/lib/texts";
import classes from "./logs.module.css";
import type { Log } from "./use-log";

const LINE_HEIGHT = 26;
/** So near to the end counts as being there. */
const NEAR = 2 * LINE_HEIGHT;

interface Props {
  log: Log;
  follow: boolean;
  /** The line that the page was asked to show. */
  marked: number | null;
  /** Scrolling away from the end stops following; back to the end goes on. */
  onFollow: (follow: boolean) => void;
}

/** Lines of a log, of which only those in sight are in the page. */
export function LogList({ log, follow, marked, onFollow }: Props) {
  const { lines } = log;
  const box = useRef<HTMLDivElement>(null);
  const top = useRef(0);
  const [open, setOpen] = useState<number | null>(null);
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: 20,
    getItemKey: (index) => lines[index]?.id ?? index,
    initialRect: { width: 800, height: 480 },
  });
  const place = lines.findIndex((line) => line.id === marked);
  // The scroll position is the browser's: it goes to the marked line once,
  useEffect(() => {
    if (place < 0) return;
    virtualizer.scrollToIndex(place, { align: "center" });
    box.current?.scrollIntoView({ block: "nearest" });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- not again when lines come in before it
  }, [marked, virtualizer]);
  // and stays at the end while following.
  useEffect(() => {
    if (follow) virtualizer.scrollToIndex(lines.length - 1, { align: "end" });
  }, [lines, follow, virtualizer]);

  const scrolled = () => {
    const element = box.current;
    if (element === null) return;
    const up = element.scrollTop < top.current;
    top.current = element.scrollTop;
    const near = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
    if (up && !near) onFollow(false);
    else if (near && !log.moreAfter) onFollow(true);
  };
  return (
    <>
      {log.moreBefore && (
        <More icon={<IconArrowUp size={14} aria-hidden />} words={t.runs.logs.earlier} onClick={log.earlier} />
      )}
      {/* eslint-disable jsx-a11y/no-noninteractive-tabindex -- a region that scrolls has to be reachable by keyboard */}
      <div
        ref={box}
        className={classes.box}
        tabIndex={0}
        role="log"
        aria-label={t.runs.logs.label}
        aria-live="off"
        onScroll={scrolled}
      >
        {/* eslint-enable jsx-a11y/no-noninteractive-tabindex */}
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
      {log.moreAfter && (
        <More icon={<IconArrowDown size={14} aria-hidden />} words={t.runs.logs.later} onClick={log.later} />
      )}
    </>
  );
}

function More({ icon, words, onClick }: { icon: React.ReactNode; words: string; onClick: () => void }) {
  return (
    <Button size="compact-xs" variant="subtle" my={4} leftSection={icon} onClick={onClick}>
      {words}
    </Button>
  );
}

function Line({ line, marked, open, onOpen }: { line: LogLine; marked: boolean; open: boolean; onOpen: () => void }) {
  const facts = line.facts !== null && Object.keys(line.facts).length > 0 ? line.facts : null;
  return (
    <div className={classes.line} data-level={line.level.toLowerCase()} data-marked={marked || undefined}>
      <time dateTime={line.at} title={formatMoment(line.at)}>
        {formatInstant(line.at)}
      </time>
      <span className={classes.level}>{line.level}</span>
      <span className={classes.words}>
        {line.attempt > 1 && <Text span size="xs" c="dimmed">{`${t.runs.timeline.attempt(line.attempt)} `}</Text>}
        {line.stream !== null && <span className={classes.stream}>{line.stream} </span>}
        {line.message}{" "}
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

import { Tooltip } from "@mantine/core";
import { useEffect, useState } from "react";
import { formatBytes, formatCount, formatDuration, formatMoment, formatRelative } from "@/lib/format";
import { t } from "@/lib/texts";

const TICK_MS = 10_000;

/** The present, moving on every `every` milliseconds; outside of React stands the clock. */
export function useNow(every = TICK_MS): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

/** "3 minutes ago", with the moment itself in the tooltip. */
export function RelativeTime({ at, none = t.common.never }: { at: string | null | undefined; none?: string }) {
  const now = useNow();
  if (!at) return <span>{none}</span>;
  return (
    <Tooltip label={formatMoment(at)}>
      <time dateTime={at}>{formatRelative(at, now)}</time>
    </Tooltip>
  );
}

/** How long something took, or takes since `since`. */
export function Duration({ seconds, since }: { seconds?: number | null | undefined; since?: string | null }) {
  const now = useNow(1_000);
  if (seconds !== null && seconds !== undefined) return <span>{formatDuration(seconds)}</span>;
  if (since) return <span>{formatDuration(Math.max(0, (now - Date.parse(since)) / 1000))}</span>;
  return <span aria-hidden>–</span>;
}

export function Bytes({ value }: { value: number | null | undefined }) {
  if (value === null || value === undefined) return <span aria-hidden>–</span>;
  return <span title={`${formatCount(value)} B`}>{formatBytes(value)}</span>;
}

export function Count({ value }: { value: number | null | undefined }) {
  if (value === null || value === undefined) return <span aria-hidden>–</span>;
  return <span>{formatCount(value)}</span>;
}

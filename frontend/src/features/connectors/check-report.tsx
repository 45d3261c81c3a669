import { Code } from "@mantine/core";
import { IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import type { CheckResult } from "@/api/types";
import { formatDuration } from "@/lib/format";
import { t } from "@/lib/texts";
import { ErrorState } from "@/ui/error-state";
import { Loading } from "@/ui/loading";
import classes from "./connectors.module.css";

interface Props {
  result: CheckResult | undefined;
  error: unknown;
  busy: boolean;
}

/** What a test of the connection found, side by side, with what to do. */
export function CheckReport({ result, error, busy }: Props) {
  if (busy) return <Loading lines={1} />;
  if (error !== null && error !== undefined) return <ErrorState error={error} />;
  if (!result) return null;
  return (
    <div role="status">
      <ul className={classes.sides}>
        {together(result.sides).map((side) => (
          <li key={side.name} data-ok={side.ok}>
            {side.ok ? <IconCircleCheck size={20} aria-hidden /> : <IconCircleX size={20} aria-hidden />}
            <div>
              <p className={classes.sideTitle}>
                {side.ok
                  ? t.connectors.connected(side.name, formatDuration(result.took_s))
                  : t.connectors.notConnected(side.name)}
              </p>
              {side.message && side.message !== side.error?.message && <p>{side.message}</p>}
              {side.error && (
                <>
                  <p>{side.error.message}</p>
                  {side.error.hint && (
                    <p>
                      <strong>{t.common.whatToDo}:</strong> {side.error.hint}
                    </p>
                  )}
                  <Code>{side.error.code}</Code>
                </>
              )}
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}

type Side = CheckResult["sides"][number];

/** Sides that found the same say it once: a system is mostly there for both, or for none. */
function together(sides: readonly Side[]): (Omit<Side, "side"> & { name: string })[] {
  const named = sides.map(({ side, ...rest }) => ({
    ...rest,
    name: side === "source" ? t.connectors.source : t.connectors.destination,
  }));
  const [one, two] = named;
  const same = one && two && one.ok === two.ok && one.error?.message === two.error?.message;
  return same ? [{ ...one, message: one.message ?? two.message, name: t.connectors.bothSides }] : named;
}

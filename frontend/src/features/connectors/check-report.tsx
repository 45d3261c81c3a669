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
    <ul className={classes.sides} role="status">
      {result.sides.map((side) => {
        const name = side.side === "source" ? t.connectors.source : t.connectors.destination;
        return (
          <li key={side.side} data-ok={side.ok}>
            {side.ok ? <IconCircleCheck size={20} aria-hidden /> : <IconCircleX size={20} aria-hidden />}
            <div>
              <p className={classes.sideTitle}>
                {side.ok
                  ? t.connectors.connected(name, formatDuration(result.took_s))
                  : t.connectors.notConnected(name)}
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
        );
      })}
    </ul>
  );
}

import { Button } from "@mantine/core";
import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { failureOf } from "@/lib/failure";
import { t } from "@/lib/texts";
import { ErrorState } from "./error-state";
import { NotFound } from "./not-found";

const AGAIN_MS = 3_000;

/** What stands in place of a page that failed; the frame around it goes on. */
export function Crash({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const { status, hint } = failureOf(error);
  const again = () => {
    reset();
    void router.invalidate();
  };
  const away = status !== undefined && (status === 0 || status >= 502);
  // The server is away, which is not in React's hands: it is asked again until it answers.
  useEffect(() => {
    if (!away) return;
    const timer = setTimeout(again, AGAIN_MS);
    return () => clearTimeout(timer);
  });
  if (status === 404) return <NotFound about={failureOf(error).message} />;
  return (
    <ErrorState
      error={hint ? error : { message: failureOf(error).message, hint: t.common.crashedHint }}
      title={status === undefined ? t.common.crashed : t.common.errorTitle}
      onRetry={again}
      action={
        <Button variant="subtle" size="xs" onClick={() => window.location.reload()}>
          {t.common.reload}
        </Button>
      }
    />
  );
}

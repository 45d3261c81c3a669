import { Button } from "@mantine/core";
import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { failureOf } from "@/lib/failure";
import { t } from "@/lib/texts";
import { ErrorState } from "./error-state";
import { NotFound } from "./not-found";

/** What stands in place of a page that failed; the frame around it goes on. */
export function Crash({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const { status, hint } = failureOf(error);
  if (status === 404) return <NotFound about={failureOf(error).message} />;
  const again = () => {
    reset();
    void router.invalidate();
  };
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

import { notifications } from "@mantine/notifications";
import { failureOf } from "@/lib/failure";
import { t } from "@/lib/texts";

const CLOSE = { "aria-label": t.common.close };

/** Says that something worked. */
export function toastDone(message: string) {
  notifications.show({ message, color: "river", withBorder: true, closeButtonProps: CLOSE });
}

/** Says what failed, why, and what to do; stays until it is closed. */
export function toastFailed(error: unknown, title = t.common.errorTitle) {
  const { message, hint, code, status } = failureOf(error);
  // The session ended: the dialog that asks to sign in says so.
  if (status === 401) return;
  notifications.show({
    title,
    message: [message, hint, code && `(${code})`].filter(Boolean).join(" "),
    color: "clay",
    withBorder: true,
    autoClose: false,
    closeButtonProps: CLOSE,
  });
}

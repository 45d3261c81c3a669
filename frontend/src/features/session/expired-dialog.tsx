import { Modal, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { sessionKey } from "@/api/session";
import { sessionExpiry } from "@/api/session-expiry";
import type { Session } from "@/api/types";
import { t } from "@/lib/texts";
import { SignInForm } from "./sign-in-form";

/** Asks to sign in again over the page as it stands, so that nothing typed is lost. */
export function ExpiredDialog({ onRenewed }: { onRenewed: () => void }) {
  const expired = useSyncExternalStore(sessionExpiry.subscribe, sessionExpiry.get);
  const client = useQueryClient();
  const email = client.getQueryData<Session | null>(sessionKey)?.user.email ?? "";
  const done = () => {
    sessionExpiry.set(false);
    void client.invalidateQueries();
    onRenewed();
  };
  return (
    <Modal
      opened={expired}
      onClose={() => undefined}
      title={t.session.expiredTitle}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <Text size="sm" mb="md">
        {t.session.expiredLead}
      </Text>
      <SignInForm email={email} onDone={done} />
    </Modal>
  );
}

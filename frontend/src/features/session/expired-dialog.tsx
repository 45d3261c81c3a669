import { Code, Modal, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { askSession, sessionKey } from "@/api/session";
import { sessionExpiry } from "@/api/session-expiry";
import type { Session } from "@/api/types";
import { t } from "@/lib/texts";
import { SignInForm } from "./sign-in-form";

/** How often it looks whether another tab has signed in. */
const LOOK_MS = 2_000;

/** Asks to sign in again over the page as it stands, so that nothing typed is lost. */
export function ExpiredDialog({ onRenewed }: { onRenewed: () => void }) {
  const expired = useSyncExternalStore(sessionExpiry.subscribe, sessionExpiry.get);
  return expired ? <Dialog onRenewed={onRenewed} /> : null;
}

function Dialog({ onRenewed }: { onRenewed: () => void }) {
  const client = useQueryClient();
  const email = client.getQueryData<Session | null>(sessionKey)?.user.email ?? "";
  const done = (session: Session) => {
    client.setQueryData(sessionKey, session);
    sessionExpiry.set(false);
    void client.invalidateQueries();
    onRenewed();
  };
  // Whoever has no password signs in by a link, in another tab: the cookie is the same.
  useQuery({
    queryKey: ["signed-in-again"],
    queryFn: async ({ signal }) => {
      const session = await askSession(signal);
      if (session !== null) done(session);
      return session;
    },
    refetchInterval: LOOK_MS,
    gcTime: 0,
  });
  return (
    <Modal
      opened
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
      <Text size="sm" c="dimmed" mt="lg">
        {t.session.expiredByLink}
      </Text>
      <Code block mt="xs">
        {t.session.commandFor(email)}
      </Code>
    </Modal>
  );
}

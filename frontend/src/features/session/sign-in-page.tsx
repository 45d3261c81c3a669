import { Code, Loader, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { sessionKey, signInByLink } from "@/api/session";
import { t } from "@/lib/texts";
import { ErrorState } from "@/ui/error-state";
import { Springs } from "./springs";
import classes from "./session.module.css";
import { SignInForm } from "./sign-in-form";

interface Props {
  /** Of a one-time link. */
  token: string | undefined;
  onDone: () => void;
}

/** The door: by one-time link, or by email and password. */
export function SignInPage({ token, onDone }: Props) {
  return (
    <div className={classes.door}>
      <div className={classes.river}>
        <Springs />
        <p className={classes.product}>{t.common.product}</p>
        <p className={classes.lead}>{t.session.lead}</p>
      </div>
      <main className={classes.entry}>
        <div className={classes.card}>
          <h1 className={classes.title}>{t.session.title}</h1>
          {token ? <ByLink token={token} onDone={onDone} /> : <ByPassword onDone={onDone} />}
        </div>
      </main>
    </div>
  );
}

function ByPassword({ onDone }: { onDone: () => void }) {
  return (
    <>
      <SignInForm onDone={onDone} />
      <Text size="sm" c="dimmed" mt="lg">
        {t.session.byLink}
      </Text>
      <Code block mt="xs">
        {t.session.command}
      </Code>
    </>
  );
}

function ByLink({ token, onDone }: { token: string; onDone: () => void }) {
  const client = useQueryClient();
  // A query and not a mutation: it must run once for a token, however often this is drawn.
  const entry = useQuery({
    queryKey: ["session", "link", token],
    queryFn: async () => {
      const session = await signInByLink(token);
      client.setQueryData(sessionKey, session);
      onDone();
      return session;
    },
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    meta: { expected401: true },
  });
  if (!entry.isError) {
    return (
      <div className={classes.linking} role="status">
        <Loader size="sm" /> {t.session.linking}
      </div>
    );
  }
  return (
    <>
      <ErrorState error={entry.error} title={t.session.linkFailed} />
      <Text size="sm" mt="md">
        {t.session.linkHint}
      </Text>
      <Code block mt="xs">
        {t.session.command}
      </Code>
      <Text size="sm" mt="lg" mb="xs">
        {t.session.withPassword}
      </Text>
      <SignInForm onDone={onDone} />
    </>
  );
}

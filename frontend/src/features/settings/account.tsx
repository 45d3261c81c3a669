import { Button, PasswordInput, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { sessionKey, sessionQuery, setPassword } from "@/api/session";
import { t } from "@/lib/texts";
import { ErrorState } from "@/ui/error-state";
import { KeyValue } from "@/ui/key-value";
import { Panel } from "@/ui/panel";
import { toastDone } from "@/ui/toast";
import { SectionHead } from "./section-head";
import classes from "./settings.module.css";

const words = t.settings.account;
const SHORTEST = 12;

/** The own account: who, and the password. */
export function Account() {
  const session = useQuery(sessionQuery());
  const client = useQueryClient();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const user = session.data?.user;
  const save = useMutation({
    mutationFn: () => setPassword(next, current || undefined),
    onSuccess: () => {
      toastDone(words.saved);
      setCurrent("");
      setNext("");
      void client.invalidateQueries({ queryKey: sessionKey });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  if (!user) return null;
  return (
    <>
      <SectionHead lead={words.lead} />
      <Panel>
        <form onSubmit={submit} className={classes.narrow}>
          <KeyValue
            items={[
              [t.settings.users.name, user.name],
              [t.settings.users.email, user.email],
              [t.settings.users.role, t.settings.users.roleNames[user.role] ?? user.role],
            ]}
          />
          {user.has_password ? (
            <PasswordInput
              label={words.current}
              required
              withAsterisk={false}
              autoComplete="current-password"
              value={current}
              onChange={(event) => setCurrent(event.currentTarget.value)}
            />
          ) : (
            <Text size="sm">{words.none}</Text>
          )}
          <PasswordInput
            label={words.next}
            description={words.rule}
            required
            withAsterisk={false}
            minLength={SHORTEST}
            autoComplete="new-password"
            value={next}
            onChange={(event) => setNext(event.currentTarget.value)}
          />
          {save.isError && <ErrorState error={save.error} />}
          <div>
            <Button type="submit" loading={save.isPending} disabled={next.length < SHORTEST}>
              {words.save}
            </Button>
          </div>
        </form>
      </Panel>
    </>
  );
}

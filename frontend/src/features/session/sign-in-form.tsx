import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { sessionKey, signIn } from "@/api/session";
import type { Session } from "@/api/types";
import { t } from "@/lib/texts";
import { ErrorState } from "@/ui/error-state";

/** Email and password. `email` is given when somebody was signed in and has to be again. */
export function SignInForm({ email = "", onDone }: { email?: string; onDone: (session: Session) => void }) {
  const client = useQueryClient();
  const [who, setWho] = useState(email);
  const [password, setPassword] = useState("");
  const enter = useMutation({
    mutationFn: () => signIn(who.trim(), password),
    onSuccess: (session) => {
      client.setQueryData(sessionKey, session);
      onDone(session);
    },
    meta: { expected401: true },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label={t.session.email}
          type="email"
          name="email"
          autoComplete="username"
          required
          withAsterisk={false}
          value={who}
          onChange={(event) => setWho(event.currentTarget.value)}
        />
        <PasswordInput
          label={t.session.password}
          name="password"
          autoComplete="current-password"
          data-autofocus={email !== "" || undefined}
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {enter.isError && <ErrorState error={enter.error} title={t.session.failed} />}
        <Button type="submit" loading={enter.isPending} fullWidth mt="xs">
          {t.session.submit}
        </Button>
      </Stack>
    </form>
  );
}

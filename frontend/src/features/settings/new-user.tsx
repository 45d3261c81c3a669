import { Button, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { administrationKeys, createUser, makeSignInLink } from "@/api/administration";
import type { Role } from "@/api/types";
import { formatMoment } from "@/lib/format";
import { t } from "@/lib/texts";
import { ErrorState } from "@/ui/error-state";
import { ShownOnce } from "@/ui/shown-once";
import { ROLES } from "./roles";

const words = t.settings.users;

/** Adds a user and hands out the link by which they sign in the first time. */
export function NewUser({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const client = useQueryClient();
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const add = useMutation({
    mutationFn: async () => {
      const user = await createUser({ email: email.trim(), name: name.trim(), role });
      return { user, link: await makeSignInLink(user.id) };
    },
    onSettled: () => client.invalidateQueries({ queryKey: administrationKeys.users }),
  });
  const close = () => {
    onClose();
    add.reset();
    setEmail("");
    setName("");
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={add.data ? words.added(add.data.user.name) : words.add}
      closeButtonProps={{ "aria-label": t.common.close }}
    >
      {add.data ? (
        <Stack gap="sm">
          <Text size="sm">{words.linkLead}</Text>
          <ShownOnce text={add.data.link.url} label={words.linkTitle(add.data.user.name)} />
          <Text size="xs" c="dimmed">
            {words.linkUntil} {formatMoment(add.data.link.expires_at)}
          </Text>
        </Stack>
      ) : (
        <form onSubmit={submit}>
          <Stack gap="sm">
            <TextInput
              label={words.name}
              required
              value={name}
              data-autofocus
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <TextInput
              label={words.email}
              type="email"
              required
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            <Select
              label={words.role}
              allowDeselect={false}
              data={ROLES.map((one) => ({ value: one, label: words.roles[one] ?? one }))}
              value={role}
              onChange={(next) => next && setRole(next as Role)}
            />
            {add.isError && <ErrorState error={add.error} />}
            <Button type="submit" loading={add.isPending}>
              {words.add}
            </Button>
          </Stack>
        </form>
      )}
    </Modal>
  );
}

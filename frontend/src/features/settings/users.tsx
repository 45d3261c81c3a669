import { ActionIcon, Button, Menu, Modal, Select, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDots, IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { administrationKeys, deleteUser, makeSignInLink, updateUser, usersQuery } from "@/api/administration";
import { sessionQuery } from "@/api/session";
import type { Role, User } from "@/api/types";
import { formatMoment } from "@/lib/format";
import { t } from "@/lib/texts";
import { ConfirmByTyping } from "@/ui/confirm-by-typing";
import { type Column, DataTable } from "@/ui/data-table";
import { Panel } from "@/ui/panel";
import { QueryState } from "@/ui/query-state";
import { ShownOnce } from "@/ui/shown-once";
import { StatusBadge } from "@/ui/status-badge";
import { toastDone, toastFailed } from "@/ui/toast";
import { NewUser } from "./new-user";
import { ROLES } from "./roles";
import { SectionHead } from "./section-head";
import classes from "./settings.module.css";

const words = t.settings.users;

/** Who may sign in, and what they may do. */
export function Users() {
  const users = useQuery(usersQuery());
  const session = useQuery(sessionQuery());
  const [adding, dialog] = useDisclosure();
  const me = session.data?.user.id;
  const columns: Column<User>[] = [
    {
      key: "name",
      header: t.common.name,
      cell: (user) => (
        <span className={classes.who}>
          <strong>
            {user.name || user.email} {user.id === me && `(${words.you})`}
          </strong>
          <small>{user.email}</small>
        </span>
      ),
    },
    { key: "role", header: words.role, cell: (user) => <RoleSelect user={user} me={user.id === me} /> },
    {
      key: "enabled",
      header: t.common.status_,
      wideOnly: true,
      cell: (user) => (
        <StatusBadge
          status={user.enabled ? "passed" : "paused"}
          label={user.enabled ? words.enabled : words.disabled}
        />
      ),
    },
    { key: "actions", header: "", align: "right", cell: (user) => <Actions user={user} me={user.id === me} /> },
  ];
  return (
    <>
      <SectionHead
        lead={words.lead}
        action={
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={dialog.open}>
            {words.add}
          </Button>
        }
      />
      <Panel flush>
        <QueryState query={users}>
          {(rows) => (
            <DataTable label={t.settings.tabs.users} rows={rows} columns={columns} rowKey={(user) => user.id} />
          )}
        </QueryState>
      </Panel>
      <NewUser opened={adding} onClose={dialog.close} />
    </>
  );
}

function useChange() {
  const client = useQueryClient();
  return {
    onSuccess: () => client.invalidateQueries({ queryKey: administrationKeys.users }),
    onError: (error: Error) => toastFailed(error),
  };
}

function RoleSelect({ user, me }: { user: User; me: boolean }) {
  const change = useMutation({ mutationFn: (role: Role) => updateUser(user, { role }), ...useChange() });
  return (
    <Select
      size="xs"
      w={150}
      aria-label={`${words.role}: ${user.name || user.email}`}
      data={ROLES.map((role) => ({ value: role, label: words.roleNames[role] ?? role }))}
      value={user.role}
      allowDeselect={false}
      // Nobody takes the last key away from themselves by a slip.
      disabled={me || change.isPending}
      onChange={(role) => role && change.mutate(role as Role)}
    />
  );
}

function Actions({ user, me }: { user: User; me: boolean }) {
  const change = useChange();
  const [deleting, dialog] = useDisclosure();
  const [link, setLink] = useState<{ url: string; expires_at: string } | null>(null);
  const make = useMutation({ mutationFn: () => makeSignInLink(user.id), onSuccess: setLink, onError: change.onError });
  const toggle = useMutation({ mutationFn: () => updateUser(user, { enabled: !user.enabled }), ...change });
  const drop = useMutation({
    mutationFn: () => deleteUser(user.id),
    onSuccess: () => {
      dialog.close();
      toastDone(t.common.deleted(user.email));
      return change.onSuccess();
    },
  });
  const name = user.name || user.email;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon aria-label={words.actionsFor(name)}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => make.mutate()}>{words.link}</Menu.Item>
          {!me && <Menu.Item onClick={() => toggle.mutate()}>{user.enabled ? words.disable : words.enable}</Menu.Item>}
          {!me && (
            <Menu.Item color="clay" onClick={dialog.open}>
              {t.common.delete}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={link !== null}
        onClose={() => setLink(null)}
        title={words.linkTitle(name)}
        closeButtonProps={{ "aria-label": t.common.close }}
      >
        <Text size="sm" mb="sm">
          {words.linkLead}
        </Text>
        {link && <ShownOnce text={link.url} label={words.linkTitle(name)} />}
        {link && (
          <Text size="xs" c="dimmed" mt="xs">
            {words.linkUntil} {formatMoment(link.expires_at)}
          </Text>
        )}
      </Modal>
      <ConfirmByTyping
        opened={deleting}
        title={words.deleteTitle(name)}
        word={user.email}
        action={t.common.delete}
        busy={drop.isPending}
        error={drop.error}
        onConfirm={() => drop.mutate()}
        onClose={dialog.close}
      >
        {words.deleteLead}
      </ConfirmByTyping>
    </>
  );
}

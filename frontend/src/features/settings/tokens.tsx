import { Button, Modal, NumberInput, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconKey, IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { administrationKeys, createToken, deleteToken, tokensQuery } from "@/api/administration";
import type { Role, Token } from "@/api/types";
import { t } from "@/lib/texts";
import { ConfirmByTyping } from "@/ui/confirm-by-typing";
import { type Column, DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { RelativeTime } from "@/ui/moments";
import { Panel } from "@/ui/panel";
import { QueryState } from "@/ui/query-state";
import { ShownOnce } from "@/ui/shown-once";
import { ROLES } from "./roles";
import { SectionHead } from "./section-head";
import classes from "./settings.module.css";

const words = t.settings.tokens;

/** Keys for programs that call the API. */
export function Tokens() {
  const tokens = useQuery(tokensQuery());
  const [adding, dialog] = useDisclosure();
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={dialog.open}>
      {words.add}
    </Button>
  );
  const columns: Column<Token>[] = [
    { key: "name", header: t.common.name, cell: (row) => <strong>{row.name}</strong> },
    {
      key: "hint",
      header: words.begins,
      wideOnly: true,
      cell: (row) => <span className={classes.mono}>{row.hint}…</span>,
    },
    { key: "role", header: t.settings.users.role, cell: (row) => t.settings.users.roleNames[row.role] ?? row.role },
    { key: "used", header: words.used, wideOnly: true, cell: (row) => <RelativeTime at={row.used_at} /> },
    {
      key: "expires",
      header: words.expires,
      wideOnly: true,
      cell: (row) => <RelativeTime at={row.expires_at} none={words.never} />,
    },
    { key: "revoke", header: "", align: "right", cell: (row) => <Revoke token={row} /> },
  ];
  return (
    <>
      <SectionHead lead={words.lead} action={add} />
      <Panel flush>
        <QueryState query={tokens}>
          {(rows) =>
            rows.length > 0 ? (
              <DataTable label={t.settings.tabs.tokens} rows={rows} columns={columns} rowKey={(row) => row.id} />
            ) : (
              <EmptyState icon={<IconKey size={22} />} title={words.none} hint={words.noneHint} />
            )
          }
        </QueryState>
      </Panel>
      <NewToken opened={adding} onClose={dialog.close} />
    </>
  );
}

function Revoke({ token }: { token: Token }) {
  const [opened, dialog] = useDisclosure();
  const client = useQueryClient();
  const drop = useMutation({
    mutationFn: () => deleteToken(token.id),
    onSuccess: () => client.invalidateQueries({ queryKey: administrationKeys.tokens }),
  });
  return (
    <>
      <Button size="compact-xs" variant="default" aria-label={`${words.revoke} ${token.name}`} onClick={dialog.open}>
        {words.revoke}
      </Button>
      <ConfirmByTyping
        opened={opened}
        title={words.revokeTitle(token.name)}
        word={token.name}
        action={words.revoke}
        busy={drop.isPending}
        error={drop.error}
        onConfirm={() => drop.mutate()}
        onClose={dialog.close}
      >
        {words.revokeLead}
      </ConfirmByTyping>
    </>
  );
}

function NewToken({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role | null>(null);
  const [days, setDays] = useState<number | string>(90);
  const add = useMutation({
    mutationFn: () => createToken({ name: name.trim(), role, expires_in_days: typeof days === "number" ? days : null }),
    onSuccess: () => client.invalidateQueries({ queryKey: administrationKeys.tokens }),
  });
  const close = () => {
    onClose();
    add.reset();
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
      title={add.data ? words.newTitle : words.add}
      closeButtonProps={{ "aria-label": t.common.close }}
    >
      {add.data ? (
        <Stack gap="sm">
          <Text size="sm">{words.newLead}</Text>
          <ShownOnce text={add.data.token} label={words.newTitle} />
        </Stack>
      ) : (
        <form onSubmit={submit}>
          <Stack gap="sm">
            <TextInput
              label={t.common.name}
              required
              value={name}
              data-autofocus
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Select
              label={t.settings.users.role}
              placeholder={words.same}
              clearable
              clearButtonProps={{ "aria-label": `${t.common.remove} ${t.settings.users.role}` }}
              data={ROLES.map((one) => ({ value: one, label: t.settings.users.roles[one] ?? one }))}
              value={role}
              onChange={(next) => setRole(next as Role | null)}
            />
            <NumberInput
              label={words.days}
              description={words.daysHint}
              min={1}
              max={3650}
              value={days}
              onChange={setDays}
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

import { Button, Group, Modal, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconLock, IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { administrationKeys, deleteSecret, putSecret, secretsQuery } from "@/api/administration";
import type { SecretName } from "@/api/types";
import { isName } from "@/lib/names";
import { t } from "@/lib/texts";
import { ConfirmByTyping } from "@/ui/confirm-by-typing";
import { type Column, DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { RelativeTime } from "@/ui/moments";
import { Panel } from "@/ui/panel";
import { QueryState } from "@/ui/query-state";
import { toastDone } from "@/ui/toast";
import { SectionHead } from "./section-head";
import classes from "./settings.module.css";

const words = t.settings.secrets;

/** Values that settings refer to by name. */
export function Secrets() {
  const secrets = useQuery(secretsQuery());
  const [adding, dialog] = useDisclosure();
  const columns: Column<SecretName>[] = [
    { key: "name", header: t.common.name, cell: (row) => <span className={classes.mono}>{row.name}</span> },
    { key: "updated", header: t.common.updated, cell: (row) => <RelativeTime at={row.updated_at} /> },
    { key: "actions", header: "", align: "right", cell: (row) => <Actions name={row.name} /> },
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
        <QueryState query={secrets}>
          {(rows) =>
            rows.length > 0 ? (
              <DataTable label={t.settings.tabs.secrets} rows={rows} columns={columns} rowKey={(row) => row.name} />
            ) : (
              <EmptyState icon={<IconLock size={22} />} title={words.none} hint={words.noneHint} />
            )
          }
        </QueryState>
      </Panel>
      <SecretDialog opened={adding} onClose={dialog.close} />
    </>
  );
}

function Actions({ name }: { name: string }) {
  const [replacing, replace] = useDisclosure();
  const [deleting, drop] = useDisclosure();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteSecret(name),
    onSuccess: () => client.invalidateQueries({ queryKey: administrationKeys.secrets }),
  });
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      <Button size="compact-xs" variant="default" aria-label={words.replaceTitle(name)} onClick={replace.open}>
        {words.replace}
      </Button>
      <Button size="compact-xs" variant="default" aria-label={`${t.common.delete} ${name}`} onClick={drop.open}>
        {t.common.delete}
      </Button>
      <SecretDialog opened={replacing} name={name} onClose={replace.close} />
      <ConfirmByTyping
        opened={deleting}
        title={words.deleteTitle(name)}
        word={name}
        action={t.common.delete}
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={drop.close}
      >
        {words.deleteLead}
      </ConfirmByTyping>
    </Group>
  );
}

function SecretDialog({ opened, name: given, onClose }: { opened: boolean; name?: string; onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState(given ?? "");
  const [value, setValue] = useState("");
  const save = useMutation({
    mutationFn: () => putSecret(name, value),
    onSuccess: () => {
      toastDone(words.saved(name));
      void client.invalidateQueries({ queryKey: administrationKeys.secrets });
      close();
    },
  });
  const close = () => {
    onClose();
    setValue("");
    if (!given) setName("");
    save.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isName(name)) save.mutate();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={given ? words.replaceTitle(given) : words.add}
      closeButtonProps={{ "aria-label": t.common.close }}
    >
      <form onSubmit={submit}>
        <Stack gap="sm">
          {!given && (
            <TextInput
              label={t.common.name}
              required
              value={name}
              data-autofocus
              spellCheck={false}
              error={name && !isName(name) ? words.nameRule : undefined}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          )}
          <PasswordInput
            label={words.value}
            required
            autoComplete="new-password"
            value={value}
            onChange={(event) => setValue(event.currentTarget.value)}
          />
          {save.isError && <ErrorState error={save.error} />}
          <Button type="submit" loading={save.isPending}>
            {t.common.save}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

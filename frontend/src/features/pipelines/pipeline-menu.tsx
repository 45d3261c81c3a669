import { ActionIcon, Button, Group, Menu, Modal, Stack, TextInput } from "@mantine/core";
import { IconCopy, IconDots, IconHistory, IconPencil, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { createPipeline, deletePipeline, pipelineKeys, updatePipeline } from "@/api/pipelines";
import type { PipelineDetail } from "@/api/types";
import type { PipelineDocument } from "@/lib/pipeline-document";
import { t } from "@/lib/texts";
import { ConfirmByTyping } from "@/ui/confirm-by-typing";
import { ErrorState } from "@/ui/error-state";
import { pathTo } from "@/ui/to-link";
import { toastDone } from "@/ui/toast";

interface Props {
  pipeline: PipelineDetail;
  document: PipelineDocument;
  onGone: () => void;
  onRenamed: (name: string) => void;
}

/** What is done to a pipeline as a whole: another name, a copy, its end. */
export function PipelineMenu({ pipeline, document, onGone, onRenamed }: Props) {
  const [asking, setAsking] = useState<"rename" | "duplicate" | "delete" | null>(null);
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: pipelineKeys.all });
  const named = useMutation({
    mutationFn: (name: string) =>
      asking === "rename"
        ? updatePipeline(pipeline.id, { name, document: pipeline.document }, pipeline.revision)
        : createPipeline({ name, document }),
    onSuccess: async (saved) => {
      setAsking(null);
      onRenamed(saved.name);
      await refresh();
    },
  });
  const remove = useMutation({
    mutationFn: () => deletePipeline(pipeline.id),
    onSuccess: async () => {
      toastDone(t.common.deleted(pipeline.name));
      onGone();
      await refresh();
    },
  });
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label={t.common.moreActions}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={14} aria-hidden />} onClick={() => setAsking("rename")}>
            {t.pipelines.rename}
          </Menu.Item>
          <Menu.Item leftSection={<IconCopy size={14} aria-hidden />} onClick={() => setAsking("duplicate")}>
            {t.pipelines.duplicate}
          </Menu.Item>
          {pipeline.schedules.map((schedule) => (
            <Menu.Item
              key={schedule.id}
              component={Link}
              to={pathTo("/schedules", schedule.name) as string}
              search={{ backfill: true } as never}
              leftSection={<IconHistory size={14} aria-hidden />}
            >
              {t.pipelines.backfill(schedule.name)}
            </Menu.Item>
          ))}
          <Menu.Item color="clay" leftSection={<IconTrash size={14} aria-hidden />} onClick={() => setAsking("delete")}>
            {t.pipelines.delete}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {(asking === "rename" || asking === "duplicate") && (
        <NameDialog
          title={asking === "rename" ? t.pipelines.rename : t.pipelines.duplicate}
          first={asking === "rename" ? pipeline.name : `${pipeline.name}_copy`}
          busy={named.isPending}
          error={named.error}
          onName={(name) => named.mutate(name)}
          onClose={() => setAsking(null)}
        />
      )}
      <ConfirmByTyping
        opened={asking === "delete"}
        title={t.pipelines.deleteTitle}
        word={pipeline.name}
        action={t.pipelines.delete}
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={() => setAsking(null)}
      >
        {t.pipelines.deleteText(pipeline.name)}
      </ConfirmByTyping>
    </>
  );
}

interface NameProps {
  title: string;
  first: string;
  busy: boolean;
  error: unknown;
  onName: (name: string) => void;
  onClose: () => void;
}

function NameDialog({ title, first, busy, error, onName, onClose }: NameProps) {
  const [name, setName] = useState(first);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== "") onName(name.trim());
  };
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ "aria-label": t.common.close }}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t.pipelines.name}
            description={t.pipelines.nameHint}
            value={name}
            maxLength={100}
            data-autofocus
            onChange={(event) => setName(event.currentTarget.value)}
          />
          {error !== null && <ErrorState error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t.common.cancel}
            </Button>
            <Button type="submit" loading={busy} disabled={name.trim() === ""}>
              {t.common.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

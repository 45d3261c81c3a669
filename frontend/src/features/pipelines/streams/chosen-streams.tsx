import { ActionIcon, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconAdjustments, IconListCheck, IconX } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import type { Finding } from "@/api/problem";
import { setStreams } from "@/features/pipelines/document/edit";
import { pathInStep } from "@/features/pipelines/document/step-key";
import { problemText } from "@/features/pipelines/editor/field-error";
import type { DraftControl } from "@/features/pipelines/editor/use-draft";
import { type StreamEntry, stepAt, streamItems, text } from "@/lib/pipeline-document";
import { t } from "@/lib/texts";
import { StatusBadge } from "@/ui/status-badge";
import { entriesOf, readsAll } from "./choice";
import { StreamChooserDialog } from "./stream-chooser";
import { StreamSettings } from "./stream-settings";
import classes from "./streams.module.css";

interface Props {
  control: DraftControl;
  source: number;
  problems: readonly Finding[];
}

/** The entries of a source's list, each with its settings, and the way to the chooser. */
export function ChosenStreams({ control, source, problems }: Props) {
  const [opened, chooser] = useDisclosure();
  const [open, setOpen] = useState<number | null>(null);
  const step = stepAt(control.document, "sources", source);
  const connector = text(step["connector"]);
  const entries = entriesOf(control.document, source);
  const remove = (at: number) =>
    control.edit((document) =>
      setStreams(
        document,
        source,
        streamItems(stepAt(document, "sources", source)).filter((_, index) => index !== at),
      ),
    );
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Text size="sm" fw={560}>
          {t.pipelines.streams.title}
        </Text>
        {connector !== null && (
          <Button
            size="xs"
            variant="light"
            leftSection={<IconListCheck size={16} aria-hidden />}
            onClick={chooser.open}
          >
            {t.pipelines.streams.choose}
          </Button>
        )}
      </Group>
      <ul className={classes.list}>
        {entries.map((entry, at) => (
          <Entry
            // Entries have no key of their own: two of them may say the same name while a person types.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            key={at}
            entry={entry}
            label={readsAll(control.document, source) ? t.pipelines.streams.all : entry.name}
            problems={problems.filter((problem) => isAbout(problem, at))}
            opened={open === at}
            onOpen={() => setOpen(open === at ? null : at)}
            onRemove={entries.length > 1 ? () => remove(at) : null}
          >
            <StreamSettings control={control} source={source} at={at} connector={connector} />
          </Entry>
        ))}
      </ul>
      {connector === null && text(step["type"]) !== null && <NameStream control={control} source={source} />}
      {connector !== null && (
        <StreamChooserDialog
          control={control}
          source={source}
          connector={connector}
          opened={opened}
          onClose={chooser.close}
        />
      )}
    </Stack>
  );
}

interface EntryProps {
  entry: StreamEntry;
  label: string;
  problems: readonly Finding[];
  opened: boolean;
  onOpen: () => void;
  onRemove: (() => void) | null;
  children: React.ReactNode;
}

function Entry({ entry, label, problems, opened, onOpen, onRemove, children }: EntryProps) {
  return (
    <li className={`${classes.entry} ${problems.length > 0 ? classes.bad : ""}`}>
      <div className={classes.line}>
        <span className={classes.name}>{label}</span>
        {entry.mode === "incremental" && (
          <StatusBadge status="running" tone="idle" label={t.pipelines.streams.modes.incremental} />
        )}
        <ActionIcon aria-label={t.pipelines.streams.settings(entry.name)} aria-expanded={opened} onClick={onOpen}>
          <IconAdjustments size={16} aria-hidden />
        </ActionIcon>
        {onRemove !== null && (
          <ActionIcon aria-label={t.pipelines.streams.remove(entry.name)} onClick={onRemove}>
            <IconX size={16} aria-hidden />
          </ActionIcon>
        )}
      </div>
      {problems.map((problem) => (
        <p key={`${problem.path}${problem.message}`} className={classes.problem}>
          {problemText(problem)}
        </p>
      ))}
      {opened && <div className={classes.fields}>{children}</div>}
    </li>
  );
}

function isAbout(problem: Finding, at: number): boolean {
  const [key, index] = pathInStep(problem.path);
  return key === "streams" && index === at;
}

/** Where streams cannot be browsed, they are named. */
function NameStream({ control, source }: { control: DraftControl; source: number }) {
  const [name, setName] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === "") return;
    control.edit((document) => {
      const written = readsAll(document, source) ? [] : streamItems(stepAt(document, "sources", source));
      return setStreams(document, source, [...written, name.trim()]);
    });
    setName("");
  };
  return (
    <form onSubmit={submit}>
      <TextInput
        label={t.pipelines.streams.pattern}
        description={t.pipelines.streams.inPlace}
        placeholder={t.pipelines.streams.patternHint}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
    </form>
  );
}

import { Anchor, Stack, Switch, TagsInput, Text, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Finding } from "@/api/problem";
import { changeStep, enableStep } from "@/features/pipelines/document/edit";
import { stepAt, text, texts, type Json } from "@/lib/pipeline-document";
import { t } from "@/lib/texts";
import { ConfigForm } from "./config-form";
import { fieldError } from "./field-error";
import type { DraftControl } from "./use-draft";

interface Props {
  control: DraftControl;
  index: number;
  problems: readonly Finding[];
  /** Names of streams that flow here, offered while typing. */
  streams: readonly string[];
  /** Names of columns that are there before this step. */
  columns: readonly string[];
}

/** One processor: which streams it works on, and how it is configured. */
export function ProcessorPanel({ control, index, problems, streams, columns }: Props) {
  const step = stepAt(control.document, "processors", index);
  const saved = text(step["processor"]);
  const type = text(step["type"]);
  const set = (changes: Record<string, Json | undefined>, tag?: string) =>
    control.edit((document) => changeStep(document, "processors", index, changes), tag);
  return (
    <Stack gap="md">
      <Switch
        label={t.pipelines.step.enabled}
        description={t.pipelines.step.enabledHint}
        checked={step["enabled"] !== false}
        onChange={(event) => {
          const on = event.currentTarget.checked;
          control.edit((document) => enableStep(document, index, on));
        }}
      />
      <StreamNames
        label={t.pipelines.step.streams}
        hint={t.pipelines.step.streamsHint}
        value={step["streams"]}
        offered={streams}
        error={fieldError(problems, "streams")}
        onChange={(value) => set({ streams: value })}
      />
      {saved !== null && (
        <Text size="sm">
          {t.pipelines.step.savedProcessor}{" "}
          <Anchor component={Link} to={`/processors/${encodeURIComponent(saved)}`} inherit>
            {t.pipelines.step.openProcessor}
          </Anchor>
        </Text>
      )}
      {type !== null && (
        <ConfigForm
          kind="processor"
          type={type}
          value={step["config"]}
          problems={problems}
          columns={columns}
          onChange={(config) => set({ config }, `config:processor:${index}`)}
        />
      )}
      <StreamNames
        label={t.pipelines.step.exclude}
        value={step["exclude"]}
        offered={streams}
        error={fieldError(problems, "exclude")}
        onChange={(value) => set({ exclude: value })}
      />
      <TextInput
        label={t.pipelines.step.name}
        description={t.pipelines.step.nameHint}
        value={text(step["name"]) ?? ""}
        error={fieldError(problems, "name")}
        onChange={(event) => set({ name: event.currentTarget.value || undefined }, `name:${index}`)}
      />
    </Stack>
  );
}

interface NamesProps {
  label: string;
  hint?: string;
  value: Json | undefined;
  offered: readonly string[];
  error?: string | undefined;
  onChange: (value: Json | undefined) => void;
}

/** Names of streams and globs; one alone is written as a text, none is not written. */
export function StreamNames({ label, hint, value, offered, error, onChange }: NamesProps) {
  return (
    <TagsInput
      label={label}
      description={hint}
      value={[...texts(value)]}
      data={[...new Set(offered)]}
      error={error}
      clearable
      acceptValueOnBlur
      onChange={(names) => onChange(names.length === 0 ? undefined : names.length === 1 ? (names[0] ?? "") : names)}
    />
  );
}

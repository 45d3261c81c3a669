import { Select, Stack, TagsInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { connectorTypeQuery } from "@/api/catalog";
import type { Finding } from "@/api/problem";
import { changeStep } from "@/features/pipelines/document/edit";
import { readDestinations, stepAt, text, texts, type Json } from "@/lib/pipeline-document";
import { t } from "@/lib/texts";
import { ConfigForm } from "./config-form";
import { ConnectorField } from "./connector-field";
import { fieldError } from "./field-error";
import { StreamNames } from "./processor-panel";
import type { Catalog } from "./use-catalog";
import type { DraftControl } from "./use-draft";

interface Props {
  control: DraftControl;
  catalog: Catalog;
  index: number;
  problems: readonly Finding[];
  streams: readonly string[];
}

/** Where streams go, and how rows meet the rows that are already there. */
export function DestinationPanel({ control, catalog, index, problems, streams }: Props) {
  const step = stepAt(control.document, "destinations", index);
  const type = text(step["type"]);
  const set = (changes: Record<string, Json | undefined>, tag?: string) =>
    control.edit((document) => changeStep(document, "destinations", index, changes), tag);
  const simple = readDestinations(control.document)[index]?.streams ?? [];
  return (
    <Stack gap="md">
      <ConnectorField
        catalog={catalog}
        side="destination"
        step={step}
        error={fieldError(problems, "connector")}
        onChange={(connector) => set({ connector, type: undefined, config: undefined })}
      />
      {type !== null && (
        <ConfigForm
          kind="connector"
          type={type}
          value={step["config"]}
          problems={problems}
          onChange={(config) => set({ config }, `config:destination:${index}`)}
        />
      )}
      <WriteField
        step={text(step["write"])}
        type={typeOf(step, catalog)}
        error={fieldError(problems, "write")}
        onChange={(write) => set({ write })}
      />
      <TextInput
        label={t.pipelines.step.table}
        description={t.pipelines.step.tableHint}
        placeholder="{name}"
        value={text(step["table"]) ?? ""}
        error={fieldError(problems, "table")}
        onChange={(event) => set({ table: event.currentTarget.value || undefined }, `table:${index}`)}
      />
      <TagsInput
        label={t.pipelines.step.key}
        description={t.pipelines.step.keyHint}
        value={[...texts(step["key"])]}
        error={fieldError(problems, "key")}
        acceptValueOnBlur
        onChange={(key) => set({ key: key.length === 0 ? undefined : key })}
      />
      {hasPlainStreams(step["streams"]) && (
        <StreamNames
          label={t.pipelines.step.takes}
          hint={t.pipelines.step.streamsHint}
          value={step["streams"] === undefined ? undefined : [...simple]}
          offered={streams}
          error={fieldError(problems, "streams")}
          onChange={(value) => set({ streams: typeof value === "string" ? [value] : value })}
        />
      )}
      <StreamNames
        label={t.pipelines.step.exclude}
        value={step["exclude"]}
        offered={streams}
        error={fieldError(problems, "exclude")}
        onChange={(value) => set({ exclude: value })}
      />
      <Choice
        label={t.pipelines.step.evolution}
        words={t.pipelines.step.evolutions}
        value={text(step["evolution"])}
        onChange={(evolution) => set({ evolution })}
      />
      <Choice
        label={t.pipelines.step.verify}
        words={t.pipelines.step.verifies}
        value={text(step["verify"])}
        onChange={(verify) => set({ verify })}
      />
    </Stack>
  );
}

function typeOf(step: ReturnType<typeof stepAt>, catalog: Catalog): string | null {
  const saved = text(step["connector"]);
  return text(step["type"]) ?? catalog.connectors.find((connector) => connector.name === saved)?.type ?? null;
}

/** Streams with settings of their own are changed in YAML, so that nothing they say is lost. */
function hasPlainStreams(streams: Json | undefined): boolean {
  return !Array.isArray(streams) || streams.every((item) => typeof item === "string");
}

interface WriteProps {
  step: string | null;
  type: string | null;
  error?: string | undefined;
  onChange: (write: string | undefined) => void;
}

function WriteField({ step, type, error, onChange }: WriteProps) {
  const about = useQuery({ ...connectorTypeQuery(type ?? ""), enabled: type !== null });
  const can = about.data?.write_strategies ?? Object.keys(t.pipelines.step.writes);
  const words: Record<string, string> = t.pipelines.step.writes;
  return (
    <Select
      label={t.pipelines.step.write}
      placeholder={t.pipelines.step.writeAuto}
      data={can.map((write) => ({ value: write, label: words[write] ?? write }))}
      value={step}
      clearable
      error={error}
      onChange={(value) => onChange(value ?? undefined)}
    />
  );
}

interface ChoiceProps {
  label: string;
  words: Record<string, string>;
  value: string | null;
  inherited?: string;
  onChange: (value: string | undefined) => void;
}

export function Choice({ label, words, value, inherited = t.pipelines.step.inherit, onChange }: ChoiceProps) {
  return (
    <Select
      label={label}
      placeholder={inherited}
      data={Object.entries(words).map(([key, word]) => ({ value: key, label: word }))}
      value={value}
      clearable
      onChange={(chosen) => onChange(chosen ?? undefined)}
    />
  );
}

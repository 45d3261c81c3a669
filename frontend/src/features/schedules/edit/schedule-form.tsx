import { Button, Group, Select, SimpleGrid, Stack, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { pipelinesQuery } from "@/api/pipelines";
import { schedulePreviewQuery } from "@/api/schedules";
import type { Config } from "@/api/types";
import { asCurl, asYaml } from "@/lib/copy-as";
import { t } from "@/lib/texts";
import { CopyAs } from "@/ui/copy-as";
import { ErrorState } from "@/ui/error-state";
import { Loading } from "@/ui/loading";
import { Panel } from "@/ui/panel";
import classes from "./schedule.module.css";
import { WhenField } from "./when-field";

interface Props {
  name: string;
  /** A schedule that exists keeps its name. */
  fixed?: boolean;
  document: Config;
  busy: boolean;
  error: unknown;
  onSave: (name: string, document: Config) => void;
}

const ZONES =
  typeof Intl.supportedValuesOf === "function"
    ? ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")]
    : ["UTC"];

/** The schedule on the left; on the right what it means, and when it would start next. */
export function ScheduleForm({ name: first, fixed = false, document: given, busy, error, onSave }: Props) {
  const [name, setName] = useState(first);
  const [document, setDocument] = useState<Config>(given);
  const pipelines = useQuery(pipelinesQuery());
  const names = (pipelines.data ?? []).map((one) => one.name);
  const set = (changes: Config) => setDocument((old) => written({ ...old, ...changes }));
  const shown = name || String(document["pipeline"] ?? "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSave(shown, document);
  };
  return (
    <form onSubmit={submit} className={classes.layout}>
      <Panel>
        <Stack gap="md">
          <SimpleGrid cols={{ base: 1, sm: fixed ? 1 : 2 }}>
            <Select
              label={t.schedules.pipeline}
              data={names}
              value={typeof document["pipeline"] === "string" ? document["pipeline"] : null}
              searchable
              allowDeselect={false}
              required
              onChange={(value) => value !== null && set({ pipeline: value })}
            />
            {!fixed && (
              <TextInput
                label={t.schedules.name}
                value={name}
                placeholder={shown}
                maxLength={100}
                onChange={(event) => setName(event.currentTarget.value)}
              />
            )}
          </SimpleGrid>
          <WhenField
            document={document}
            pipelines={names.filter((one) => one !== document["pipeline"])}
            onChange={set}
          />
          <Select
            label={t.schedules.timezone}
            data={ZONES}
            searchable
            limit={60}
            value={String(document["timezone"] ?? "UTC")}
            allowDeselect={false}
            onChange={(zone) => set({ timezone: zone === "UTC" ? undefined : (zone ?? undefined) })}
          />
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <Choice
              label={t.schedules.overlap}
              words={t.schedules.overlaps}
              value={document["overlap"]}
              standard="skip"
              onChange={(overlap) => set({ overlap })}
            />
            <Choice
              label={t.schedules.missed}
              words={t.schedules.misseds}
              value={document["missed"]}
              standard="last"
              onChange={(missed) => set({ missed })}
            />
            <Line
              label={t.schedules.start}
              value={document["start"]}
              type="datetime-local"
              onChange={(start) => set({ start })}
            />
            <Line
              label={t.schedules.end}
              value={document["end"]}
              type="datetime-local"
              onChange={(end) => set({ end })}
            />
            <Line
              label={t.schedules.jitter}
              hint={t.schedules.jitterHint}
              value={document["jitter"]}
              onChange={(jitter) => set({ jitter })}
            />
          </SimpleGrid>
          {error !== null && error !== undefined && <ErrorState error={error} />}
          <Group justify="space-between">
            <CopyAs
              compact
              yaml={() => asYaml({ schedules: { [shown || "schedule"]: document } })}
              curl={() => asCurl("POST", "/api/schedules", { name: shown, document })}
            />
            <Button type="submit" loading={busy} disabled={typeof document["pipeline"] !== "string"}>
              {t.common.save}
            </Button>
          </Group>
        </Stack>
      </Panel>
      <Meaning document={document} />
    </form>
  );
}

/** Keys without a value are not written. */
function written(document: Config): Config {
  return Object.fromEntries(Object.entries(document).filter(([, value]) => value !== undefined && value !== ""));
}

function Meaning({ document }: { document: Config }) {
  const [asked] = useDebouncedValue(document, 300);
  const query = useQuery({
    ...schedulePreviewQuery(asked),
    placeholderData: keepPreviousData,
    enabled: typeof asked["pipeline"] === "string",
  });
  const zone = String(document["timezone"] ?? "UTC");
  return (
    <Panel title={t.schedules.means}>
      {query.isError ? (
        <ErrorState error={query.error} />
      ) : query.data === undefined ? (
        query.isFetching && <Loading lines={3} />
      ) : (
        <Stack gap="sm" aria-live="polite">
          <p className={classes.explanation}>{query.data.explanation}</p>
          <h3 className={classes.small}>{t.schedules.nextStarts}</h3>
          {query.data.next.length === 0 && <p className={classes.small}>{t.schedules.noNext}</p>}
          <ol className={classes.next}>
            {query.data.next.map((moment) => (
              <li key={moment}>
                <time dateTime={moment}>{momentIn(moment, zone)}</time>
              </li>
            ))}
          </ol>
          <p className={classes.small}>{t.schedules.inZone(zone)}</p>
        </Stack>
      )}
    </Panel>
  );
}

export function momentIn(moment: string, zone: string): string {
  const options = {
    ...(/:00(\.0+)?(Z|[+-]\d\d:\d\d)$/.test(moment) ? {} : { second: "2-digit" as const }),
    weekday: "short",
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  } as const;
  try {
    return new Intl.DateTimeFormat("en", { ...options, timeZone: zone }).format(new Date(moment));
  } catch {
    return new Intl.DateTimeFormat("en", { ...options, timeZone: "UTC" }).format(new Date(moment));
  }
}

interface ChoiceProps {
  label: string;
  words: Record<string, string>;
  value: unknown;
  standard: string;
  onChange: (value: string | undefined) => void;
}

function Choice({ label, words, value, standard, onChange }: ChoiceProps) {
  return (
    <Select
      label={label}
      data={Object.entries(words).map(([key, word]) => ({ value: key, label: word }))}
      value={typeof value === "string" ? value : standard}
      allowDeselect={false}
      onChange={(chosen) => onChange(chosen === standard ? undefined : (chosen ?? undefined))}
    />
  );
}

interface LineProps {
  label: string;
  hint?: string;
  value: unknown;
  type?: string;
  onChange: (value: string | undefined) => void;
}

function Line({ label, hint, value, type = "text", onChange }: LineProps) {
  return (
    <TextInput
      label={label}
      description={hint}
      type={type}
      value={typeof value === "string" ? value : ""}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
    />
  );
}

import { Group, NumberInput, SegmentedControl, Select, Stack, TagsInput, TextInput } from "@mantine/core";
import type { Config } from "@/api/types";
import { t } from "@/lib/texts";
import { cronOf, FIRST, PRESETS, type Preset, presetOf, type PresetTime } from "./cron";

type Kind = "cron" | "every" | "after";

interface Props {
  document: Config;
  pipelines: readonly string[];
  onChange: (changes: Config) => void;
}

/** When it starts: at set times, at an interval, or after other pipelines. */
export function WhenField({ document, pipelines, onChange }: Props) {
  const kind: Kind =
    typeof document["every"] === "string" ? "every" : typeof document["cron"] === "string" ? "cron" : "after";
  const choose = (next: string) =>
    onChange(
      next === "cron"
        ? { cron: cronOf(FIRST), every: undefined }
        : next === "every"
          ? { every: "1h", cron: undefined }
          : { cron: undefined, every: undefined },
    );
  const after = document["after"];
  return (
    <Stack gap="md">
      <SegmentedControl
        aria-label={t.schedules.kindLabel}
        value={kind}
        data={(["cron", "every", "after"] as const).map((value) => ({ value, label: t.schedules.kinds[value] }))}
        onChange={choose}
      />
      {kind === "cron" && <CronField cron={String(document["cron"])} onChange={(cron) => onChange({ cron })} />}
      {kind === "every" && (
        <TextInput
          label={t.schedules.every}
          description={t.schedules.everyHint}
          value={String(document["every"])}
          onChange={(event) => onChange({ every: event.currentTarget.value })}
        />
      )}
      <TagsInput
        label={t.schedules.after}
        description={t.schedules.afterHint}
        data={[...pipelines]}
        value={Array.isArray(after) ? after.map(String) : typeof after === "string" ? [after] : []}
        acceptValueOnBlur
        onChange={(names) => onChange({ after: names.length === 0 ? undefined : names })}
      />
    </Stack>
  );
}

function CronField({ cron, onChange }: { cron: string; onChange: (cron: string) => void }) {
  const time = presetOf(cron);
  const set = (changes: Partial<PresetTime>) => onChange(cronOf({ ...(time ?? FIRST), ...changes }));
  return (
    <Stack gap="sm">
      <Group gap="sm" align="end">
        <Select
          label={t.schedules.presets}
          data={PRESETS.map((value) => ({ value, label: t.schedules.preset[value] }))}
          value={time?.preset ?? null}
          placeholder={t.schedules.cron}
          allowDeselect={false}
          onChange={(value) => value !== null && set({ preset: value as Preset })}
        />
        {time?.preset === "weekly" && (
          <Select
            label={t.schedules.weekday}
            data={t.schedules.weekdays.map((label, value) => ({ value: String(value), label }))}
            value={String(time.weekday)}
            allowDeselect={false}
            onChange={(value) => set({ weekday: Number(value) })}
          />
        )}
        {time?.preset === "monthly" && (
          <NumberInput
            label={t.schedules.monthday}
            min={1}
            max={31}
            w={120}
            value={time.monthday}
            onChange={(value) => set({ monthday: Number(value) || 1 })}
          />
        )}
        {time !== null && time.preset !== "quarter" && time.preset !== "hourly" && (
          <TextInput
            type="time"
            label={t.schedules.at}
            value={`${pad(time.hour)}:${pad(time.minute)}`}
            onChange={(event) => {
              const [hour, minute] = event.currentTarget.value.split(":").map(Number);
              if (hour !== undefined && minute !== undefined) set({ hour, minute });
            }}
          />
        )}
        {time?.preset === "hourly" && (
          <NumberInput
            label={t.schedules.minute}
            min={0}
            max={59}
            w={120}
            value={time.minute}
            onChange={(value) => set({ minute: Number(value) || 0 })}
          />
        )}
      </Group>
      <TextInput
        label={t.schedules.cron}
        description={t.schedules.cronHint}
        value={cron}
        styles={{ input: { fontFamily: "var(--hw-mono)" } }}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </Stack>
  );
}

const pad = (number: number): string => String(number).padStart(2, "0");

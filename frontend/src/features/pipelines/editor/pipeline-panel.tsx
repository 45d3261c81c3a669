import { NumberInput, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { setField } from "@/features/pipelines/document/edit";
import { isObject, text, type Json, type PipelineDocument } from "@/lib/pipeline-document";
import { t } from "@/lib/texts";
import { Choice } from "./destination-panel";
import type { DraftControl } from "./use-draft";

/** What holds for the whole pipeline. */
export function PipelinePanel({ control }: { control: DraftControl }) {
  const { document } = control;
  const set = (key: string, value: Json | undefined, tag?: string) =>
    control.edit((old) => setField(old, key, value), tag);
  const engine = document["engine"];
  const quarantine = isObject(document["quarantine"]) ? document["quarantine"] : {};
  const retries = isObject(document["retries"]) ? document["retries"] : {};
  const limit = quarantine["limit"];
  const attempts = retries["attempts"];
  return (
    <Stack gap="md">
      <Textarea
        label={t.pipelines.description}
        autosize
        minRows={2}
        value={text(document["description"]) ?? ""}
        onChange={(event) => set("description", event.currentTarget.value || undefined, "description")}
      />
      <Select
        label={t.pipelines.step.engine}
        data={Object.entries(t.pipelines.step.engines).map(([value, label]) => ({ value, label }))}
        value={engineOf(document)}
        allowDeselect={false}
        onChange={(value) =>
          set("engine", value === "local" && !isObject(engine) ? undefined : within(engine, "type", value ?? "local"))
        }
      />
      <Choice
        label={t.pipelines.step.evolution}
        words={t.pipelines.step.evolutions}
        value={text(document["evolution"]) ?? "evolve"}
        onChange={(value) => set("evolution", value === "evolve" ? undefined : value)}
      />
      <Choice
        label={t.pipelines.step.verify}
        words={t.pipelines.step.verifies}
        value={text(document["verify"]) ?? "count"}
        onChange={(value) => set("verify", value === "count" ? undefined : value)}
      />
      <TextInput
        label={t.pipelines.step.quarantineLimit}
        description={t.pipelines.step.quarantineLimitHint}
        value={typeof limit === "number" || typeof limit === "string" ? String(limit) : ""}
        onChange={(event) =>
          set("quarantine", within(document["quarantine"], "limit", limitOf(event.currentTarget.value)), "limit")
        }
      />
      <NumberInput
        label={t.pipelines.step.attempts}
        description={t.pipelines.step.attemptsHint}
        min={1}
        max={100}
        allowDecimal={false}
        value={typeof attempts === "number" ? attempts : 3}
        onChange={(value) =>
          set(
            "retries",
            within(document["retries"], "attempts", typeof value === "number" && value !== 3 ? value : undefined),
            "attempts",
          )
        }
      />
    </Stack>
  );
}

function engineOf(document: PipelineDocument): string {
  const engine = document["engine"];
  return text(engine) ?? (isObject(engine) ? text(engine["type"]) : null) ?? "local";
}

/** One key of an object that may not be there; an object that says nothing is not written. */
function within(value: Json | undefined, key: string, item: Json | undefined): Json | undefined {
  const old = typeof value === "string" ? { [key === "limit" ? "url" : "type"]: value } : isObject(value) ? value : {};
  const kept = Object.entries({ ...old, [key]: item }).filter(
    (entry): entry is [string, Json] => entry[1] !== undefined,
  );
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function limitOf(typed: string): Json | undefined {
  if (typed.trim() === "") return undefined;
  return /^\d+$/.test(typed.trim()) ? Number(typed) : typed.trim();
}

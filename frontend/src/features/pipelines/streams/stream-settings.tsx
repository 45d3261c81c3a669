import { Select, TagsInput, TextInput } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { streamsQuery } from "@/api/connectors";
import { changeStream } from "@/features/pipelines/document/edit";
import { Choice } from "@/features/pipelines/editor/destination-panel";
import type { DraftControl } from "@/features/pipelines/editor/use-draft";
import { expanded, isObject, stepAt, streamItems, text, texts, type Json } from "@/lib/pipeline-document";
import { t } from "@/lib/texts";

interface Props {
  control: DraftControl;
  source: number;
  at: number;
  connector: string | null;
}

/** How the streams of one entry are read and written. */
export function StreamSettings({ control, source, at, connector }: Props) {
  const entry = expanded(streamItems(stepAt(control.document, "sources", source))[at], "name");
  const name = text(entry["name"]) ?? "*";
  const found = useInfiniteQuery({
    ...streamsQuery(connector ?? "", name),
    enabled: connector !== null && !/[*?[]/.test(name),
  });
  const facts = found.data?.pages[0]?.items.find((stream) => stream.name === name);
  const columns = facts?.columns.map((column) => column.name) ?? [];
  const set = (changes: Record<string, Json | undefined>, tag?: string) =>
    control.edit(
      (document) => changeStream(document, source, at, changes),
      tag === undefined ? undefined : `${tag}:${source}:${at}`,
    );
  const incremental = entry["mode"] === "incremental";
  const written = isObject(entry["columns"]) ? entry["columns"]["include"] : entry["columns"];
  return (
    <>
      <Select
        label={t.pipelines.streams.mode}
        data={[
          { value: "full", label: t.pipelines.streams.modes.full },
          { value: "incremental", label: t.pipelines.streams.modes.incremental },
        ]}
        value={incremental ? "incremental" : "full"}
        allowDeselect={false}
        onChange={(mode) =>
          set(
            mode === "incremental"
              ? { mode, cursor: facts?.cursors[0] }
              : { mode: undefined, cursor: undefined, lag: undefined, start: undefined },
          )
        }
      />
      {incremental && (
        <>
          <TextInput
            label={t.pipelines.streams.cursor}
            list={`cursors-${source}-${at}`}
            value={text(entry["cursor"]) ?? ""}
            onChange={(event) => set({ cursor: event.currentTarget.value || undefined }, "cursor")}
          />
          <datalist id={`cursors-${source}-${at}`}>
            {columns.map((column) => (
              <option key={column} value={column} />
            ))}
          </datalist>
          <TextInput
            label={t.pipelines.streams.lag}
            description={t.pipelines.streams.lagHint}
            value={typeof entry["lag"] === "number" ? String(entry["lag"]) : (text(entry["lag"]) ?? "")}
            onChange={(event) => set({ lag: numberOrText(event.currentTarget.value) }, "lag")}
          />
        </>
      )}
      <TagsInput
        label={t.pipelines.streams.key}
        description={t.pipelines.step.keyHint}
        data={columns}
        value={[...texts(entry["primary_key"])]}
        acceptValueOnBlur
        onChange={(key) => set({ primary_key: key.length === 0 ? undefined : key })}
      />
      <TagsInput
        label={t.pipelines.streams.columns}
        data={columns}
        value={[...texts(written)]}
        acceptValueOnBlur
        onChange={(include) => set({ columns: columnsOf(entry["columns"], include) })}
      />
      <TextInput
        label={t.pipelines.streams.filter}
        description={t.pipelines.streams.filterHint}
        value={text(entry["filter"]) ?? ""}
        onChange={(event) => set({ filter: event.currentTarget.value || undefined }, "filter")}
      />
      <TextInput
        label={t.pipelines.streams.alias}
        description={t.pipelines.streams.aliasHint}
        value={text(entry["alias"]) ?? ""}
        onChange={(event) => set({ alias: event.currentTarget.value || undefined }, "alias")}
      />
      <Choice
        label={t.pipelines.step.write}
        words={t.pipelines.step.writes}
        value={text(entry["write"])}
        inherited={t.pipelines.step.writeAuto}
        onChange={(write) => set({ write })}
      />
    </>
  );
}

function numberOrText(typed: string): Json | undefined {
  if (typed.trim() === "") return undefined;
  return /^-?\d+(\.\d+)?$/.test(typed.trim()) ? Number(typed) : typed.trim();
}

/** What is left out stays left out. */
function columnsOf(old: Json | undefined, include: string[]): Json | undefined {
  const exclude = isObject(old) ? old["exclude"] : undefined;
  if (exclude === undefined) return include.length === 0 ? undefined : include;
  return include.length === 0 ? { exclude } : { include, exclude };
}

import { Alert, Button, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useMemo, useState } from "react";
import { IconPlus } from "@tabler/icons-react";
import { addStep, changeStep, moveStep, setField } from "@/features/pipelines/document/edit";
import { problemsOfStep, readStepKey, writeStepKey } from "@/features/pipelines/document/step-key";
import { AddDialog, ConnectorPicker, ProcessorPicker } from "@/features/pipelines/editor/add-dialogs";
import { DestinationPanel } from "@/features/pipelines/editor/destination-panel";
import editor from "@/features/pipelines/editor/editor.module.css";
import { PreviewPanel } from "@/features/pipelines/editor/preview-panel";
import { ProblemList } from "@/features/pipelines/editor/problem-list";
import { ProcessorList } from "@/features/pipelines/editor/processor-list";
import { StepPanel } from "@/features/pipelines/editor/step-panel";
import type { Catalog } from "@/features/pipelines/editor/use-catalog";
import type { DraftControl } from "@/features/pipelines/editor/use-draft";
import { reachedBy, streamFor } from "@/features/pipelines/editor/preview-place";
import { useLastValid } from "@/features/pipelines/editor/use-last-valid";
import { usePreview } from "@/features/pipelines/editor/use-preview";
import type { Problems } from "@/features/pipelines/editor/use-validation";
import { ChosenStreams } from "@/features/pipelines/streams/chosen-streams";
import { StreamChooser } from "@/features/pipelines/streams/stream-chooser";
import { lanesOf } from "@/graph/lanes";
import { items, type Json, type PipelineDocument, readProcessors, stepAt, text } from "@/lib/pipeline-document";

import { t } from "@/lib/texts";
import { ErrorState } from "@/ui/error-state";
import { Loading } from "@/ui/loading";
import { Panel } from "@/ui/panel";
import classes from "./create.module.css";
import type { CreatePlace } from "./create-page";

interface Props {
  control: DraftControl;
  catalog: Catalog;
  found: Problems;
  place: CreatePlace;
  onPlace: (place: CreatePlace) => void;
}

const NOTHING: PipelineDocument = {};

const Title = ({ children }: { children: string }) => <h2 className={classes.title}>{children}</h2>;

export function SourceStep({ control, catalog, onNext }: Props & { onNext: () => void }) {
  const pick = (step: Json) => {
    control.edit((document) =>
      items(document, "sources").length === 0
        ? addStep(document, "sources", step)
        : changeStep(document, "sources", 0, {
            connector: step,
            type: undefined,
            config: undefined,
            streams: undefined,
          }),
    );
    onNext();
  };
  return (
    <>
      <Title>{t.pipelines.create.sourceTitle}</Title>
      <ConnectorPicker
        inCreation
        catalog={catalog}
        side="source"
        selected={text(stepAt(control.document, "sources", 0)["connector"])}
        onPick={pick}
      />
    </>
  );
}

export function StreamsStep({ control, found }: Props) {
  const connector = text(stepAt(control.document, "sources", 0)["connector"]);
  const problems = problemsOfStep(found.problems, { kind: "source", index: 0 });
  return (
    <>
      <Title>{t.pipelines.create.streamsTitle}</Title>
      {connector === null ? (
        <ChosenStreams control={control} source={0} problems={problems} />
      ) : (
        <StreamChooser control={control} source={0} connector={connector} />
      )}
      <ProblemList problems={problems} />
    </>
  );
}

/** Steps on the left, the settings of one on the right, and what it does to the data below. */
export function ProcessorsStep({ control, catalog, found, place, onPlace }: Props) {
  const [adding, setAdding] = useState(false);
  const steps = readProcessors(control.document);
  const key = readStepKey(place.step);
  const selected = key?.kind === "processor" && key.index < steps.length ? key.index : null;
  const streams = useFlowing(control, catalog);
  const valid = useLastValid(useDestined(control.document), found, null);
  const stream = streamFor(steps, streams, place.stream ?? null, selected === null ? null : selected + 1);
  const before = reachedBy(steps, stream ?? "", selected ?? 0);
  const sample = usePreview(valid ?? NOTHING, stream, before, selected !== null && valid !== null);
  const select = (index: number | null) =>
    onPlace({
      ...place,
      at: "processors",
      step: index === null ? undefined : writeStepKey({ kind: "processor", index }),
      after: undefined,
    });
  const add = (step: Json) => {
    control.edit((old) => addStep(old, "processors", step));
    select(steps.length);
    setAdding(false);
  };
  return (
    <>
      <Title>{t.pipelines.create.processorsTitle}</Title>
      <Text size="sm">{t.pipelines.create.processorsHint}</Text>
      {steps.length === 0 ? (
        <ProcessorPicker catalog={catalog} onPick={add} />
      ) : (
        <div className={editor.layout} data-side>
          <Stack>
            <ProcessorList
              steps={steps}
              selected={selected}
              problems={
                new Map(
                  steps.map((step) => [
                    `processor:${step.index}`,
                    problemsOfStep(found.problems, { kind: "processor", index: step.index }).length,
                  ]),
                )
              }
              typeOf={(step) => step.type ?? catalog.saved.get(step.saved ?? "")?.type ?? ""}
              onSelect={select}
              onMove={(from, to) => {
                control.edit((old) => moveStep(old, "processors", from, to));
                select(to);
              }}
            />
            <div>
              <Button variant="light" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
                {t.pipelines.step.add.processor}
              </Button>
            </div>
          </Stack>
          {selected !== null && (
            <StepPanel
              key={selected}
              control={control}
              catalog={catalog}
              step={{ kind: "processor", index: selected }}
              problems={found.problems}
              streams={streams}
              columns={sample.data?.table.columns.map((column) => column.name) ?? []}
              onSelect={(step) => select(step?.index ?? null)}
            />
          )}
        </div>
      )}
      <Preview
        control={control}
        catalog={catalog}
        found={found}
        place={place}
        onPlace={onPlace}
        after={place.after ?? (selected === null ? null : selected + 1)}
      />
      <AddDialog what={adding ? "processor" : null} catalog={catalog} onPick={add} onClose={() => setAdding(false)} />
    </>
  );
}

export function DestinationStep({ control, catalog, found }: Props) {
  const chosen = items(control.document, "destinations").length > 0;
  const pick = (step: Json) =>
    control.edit((document) =>
      chosen
        ? changeStep(document, "destinations", 0, { connector: step, type: undefined, config: undefined })
        : addStep(document, "destinations", step),
    );
  const streams = useFlowing(control, catalog);
  return (
    <>
      <Title>{t.pipelines.create.destinationTitle}</Title>
      <ConnectorPicker
        inCreation
        catalog={catalog}
        side="destination"
        selected={text(stepAt(control.document, "destinations", 0)["connector"])}
        onPick={pick}
      />
      {chosen && (
        <Panel title={t.pipelines.step.write}>
          <DestinationPanel
            control={control}
            catalog={catalog}
            index={0}
            problems={problemsOfStep(found.problems, { kind: "destination", index: 0 })}
            streams={streams}
          />
        </Panel>
      )}
    </>
  );
}

export function PreviewStep(props: Props) {
  return (
    <>
      <Title>{t.pipelines.create.previewTitle}</Title>
      <Preview {...props} after={props.place.after ?? null} />
      <ProblemList problems={props.found.problems} />
    </>
  );
}

interface SaveProps extends Props {
  name: string;
  onName: (name: string) => void;
  taken: boolean;
  error: unknown;
}

export function SaveStep({ control, found, name, onName, taken, error }: SaveProps) {
  return (
    <>
      <Title>{t.pipelines.create.saveTitle}</Title>
      <TextInput
        label={t.pipelines.name}
        description={t.pipelines.nameHint}
        value={name}
        maxLength={100}
        error={name === "" ? t.pipelines.create.needName : taken ? t.pipelines.create.nameTaken : undefined}
        onChange={(event) => onName(event.currentTarget.value)}
      />
      <Textarea
        label={t.pipelines.description}
        autosize
        minRows={2}
        value={text(control.document["description"]) ?? ""}
        onChange={(event) => {
          const words = event.currentTarget.value;
          control.edit((document) => setField(document, "description", words || undefined), "description");
        }}
      />
      {found.problems.length > 0 && (
        <Alert color="yellow" title={t.pipelines.invalid(found.problems.length)}>
          <ProblemList problems={found.problems} />
        </Alert>
      )}
      {error !== null && <ErrorState error={error} />}
    </>
  );
}

function Preview({ control, catalog, found, place, onPlace, after }: Props & { after: number | null }) {
  const streams = useFlowing(control, catalog);
  const valid = useLastValid(useDestined(control.document), found, null);
  if (valid === null) return <Loading lines={4} />;
  return (
    <PreviewPanel
      document={valid}
      stale={found.problems.some((problem) => problem.path.startsWith("processors"))}
      streams={streams}
      stream={place.stream ?? null}
      after={after}
      onChange={(next) =>
        onPlace({
          ...place,
          ...(next.stream === undefined ? {} : { stream: next.stream ?? undefined }),
          ...(next.after === undefined ? {} : { after: next.after ?? undefined }),
        })
      }
    />
  );
}

function useFlowing(control: DraftControl, catalog: Catalog): readonly string[] {
  return useMemo(
    () => [...new Set(lanesOf(control.document, { saved: catalog.saved }).flatMap((lane) => lane.names))],
    [control.document, catalog.saved],
  );
}

/** A preview writes nothing, but a pipeline must have a destination to be one: this stands in until it is chosen. */
function useDestined(document: PipelineDocument): PipelineDocument {
  return useMemo(
    () =>
      items(document, "destinations").length > 0
        ? document
        : addStep(document, "destinations", { type: "files", config: { url: "preview" } }),
    [document],
  );
}

import { ActionIcon, Button, Group, SegmentedControl, Tooltip } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconArrowBackUp, IconArrowForwardUp, IconPlus, IconSettings } from "@tabler/icons-react";
import { lazy, Suspense, useMemo, useState } from "react";
import { addStep } from "@/features/pipelines/document/edit";
import {
  countByStep,
  readStepKey,
  SECTION,
  type StepKey,
  type StepKind,
  writeStepKey,
} from "@/features/pipelines/document/step-key";
import { pipelineGraph } from "@/graph/pipeline-graph";
import { expanded, items, type Json, type PipelineDocument, readProcessors } from "@/lib/pipeline-document";
import { t } from "@/lib/texts";
import { CodeEditor } from "@/ui/code";
import { ErrorState } from "@/ui/error-state";
import { Loading } from "@/ui/loading";
import { Panel } from "@/ui/panel";
import { StatusBadge } from "@/ui/status-badge";
import { AddDialog } from "./add-dialogs";
import classes from "./editor.module.css";
import { FormView } from "./form-view";
import { PipelinePanel } from "./pipeline-panel";
import { PreviewPanel } from "./preview-panel";
import { ProblemList } from "./problem-list";
import { StepPanel } from "./step-panel";
import type { Catalog } from "./use-catalog";
import type { DraftControl } from "./use-draft";
import { reachedBy, streamFor } from "./preview-place";
import { useLastValid } from "./use-last-valid";
import { usePreview } from "./use-preview";
import { marksOf, type Problems } from "./use-validation";

const PipelineCanvas = lazy(async () => ({ default: (await import("@/graph/canvas")).PipelineCanvas }));

export type View = "graph" | "form" | "yaml";

/** What of the editor stands in the URL. */
export interface EditorPlace {
  view?: View | undefined;
  step?: string | undefined;
  stream?: string | undefined;
  after?: number | undefined;
}

interface Props {
  control: DraftControl;
  catalog: Catalog;
  found: Problems;
  /** Streams of the last run: what a source's globs are drawn as. */
  flowing: readonly string[];
  place: EditorPlace;
  onPlace: (place: EditorPlace) => void;
}

/** Graph, form and YAML of one document, the selected step beside them, and the data behind it below. */
export function PipelineEditor({ control, catalog, found, flowing, place, onPlace }: Props) {
  const [adding, setAdding] = useState<{ kind: StepKind; at?: number; streams?: readonly string[] } | null>(null);
  // A chain is wider than a telephone: there the list comes first.
  const narrow = useMediaQuery("(max-width: 48em)", undefined, { getInitialValueInEffect: false });
  const view = place.view ?? (narrow ? "form" : "graph");
  const step = existing(control.document, readStepKey(place.step));
  const settings = place.step === "pipeline";
  const graph = useMemo(
    () => pipelineGraph(control.document, { saved: catalog.saved, flowing }),
    [control.document, catalog.saved, flowing],
  );
  const counts = useMemo(() => countByStep(found.problems), [found.problems]);
  const streams = useMemo(() => [...new Set(graph.lanes.flatMap((lane) => lane.names))], [graph]);
  const valid = useLastValid(control.document, found, control.draft.saved, control.draft.faults.length === 0);
  const after = place.after ?? (step?.kind === "processor" ? step.index + 1 : step?.kind === "source" ? 0 : null);
  const steps = readProcessors(valid);
  const real = streams.filter((name) => !/[*?[]/.test(name));
  const shown = streamFor(steps, real, place.stream ?? null, after);
  const sample = usePreview(valid, shown, reachedBy(steps, shown ?? "", (after ?? 1) - 1), step?.kind === "processor");
  const select = (next: StepKey | null) =>
    onPlace({ ...place, step: next === null ? undefined : writeStepKey(next), after: undefined });
  const add = (item: Json) => {
    if (adding === null) return;
    const at = adding.at ?? items(control.document, SECTION[adding.kind]).length;
    const placed = graph.lanes.length < 2 ? item : onStreams(item, adding.streams);
    control.edit((document) => addStep(document, SECTION[adding.kind], placed, at));
    select({ kind: adding.kind, index: at });
    setAdding(null);
  };
  return (
    <div className={classes.main}>
      <Toolbar
        control={control}
        found={found}
        view={view}
        onView={(next) => onPlace({ ...place, view: next })}
        onAdd={(kind) => setAdding({ kind })}
        onSettings={() => onPlace({ ...place, step: settings ? undefined : "pipeline" })}
      />
      <div className={classes.layout} data-side={step !== null || settings || undefined}>
        <div className={classes.main}>
          {view === "graph" && (
            <Suspense fallback={<Loading lines={4} />}>
              <PipelineCanvas
                graph={graph}
                problems={counts}
                selected={step === null ? null : writeStepKey(step)}
                onSelect={(node) => select({ kind: node.kind, index: node.index })}
                onInsert={(at, names) => setAdding({ kind: "processor", at, streams: names })}
              />
            </Suspense>
          )}
          {view === "form" && (
            <FormView
              control={control}
              catalog={catalog}
              selected={step}
              problems={counts}
              onSelect={select}
              onAdd={(kind) => setAdding({ kind })}
            />
          )}
          {view === "yaml" && (
            <CodeEditor
              language="yaml"
              label={t.pipelines.views.yaml}
              value={control.draft.text}
              marks={marksOf(control.draft, found.problems)}
              minHeight={360}
              onChange={control.editText}
            />
          )}
          <Findings control={control} found={found} onOpen={select} />
          <div className={classes.preview}>
            <PreviewPanel
              document={valid}
              stale={valid !== control.document}
              streams={real.length > 0 ? real : streams}
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
          </div>
        </div>
        {(step !== null || settings) && (
          <aside className={classes.side}>
            {step === null ? (
              <Panel title={t.pipelines.step.pipeline}>
                <PipelinePanel control={control} />
              </Panel>
            ) : (
              <StepPanel
                key={writeStepKey(step)}
                control={control}
                catalog={catalog}
                step={step}
                problems={found.problems}
                streams={streams}
                columns={sample.data?.table.columns.map((column) => column.name) ?? []}
                onSelect={select}
              />
            )}
          </aside>
        )}
      </div>
      <AddDialog what={adding?.kind ?? null} catalog={catalog} onPick={add} onClose={() => setAdding(null)} />
    </div>
  );
}

/** A new step works on the streams of the lane that it was put on. */
function onStreams(item: Json, streams: readonly string[] | undefined): Json {
  const [only] = streams ?? [];
  if (streams === undefined || only === undefined) return item;
  return { ...expanded(item, "processor"), streams: streams.length === 1 ? only : [...streams] };
}

function existing(document: PipelineDocument, step: StepKey | null): StepKey | null {
  return step !== null && step.index < items(document, SECTION[step.kind]).length ? step : null;
}

interface ToolbarProps {
  control: DraftControl;
  found: Problems;
  view: View;
  onView: (view: View) => void;
  onAdd: (kind: StepKind) => void;
  onSettings: () => void;
}

function Toolbar({ control, found, view, onView, onAdd, onSettings }: ToolbarProps) {
  const { draft } = control;
  return (
    <div className={classes.bar}>
      <SegmentedControl
        aria-label={t.pipelines.viewLabel}
        value={view}
        data={(["graph", "form", "yaml"] as const).map((value) => ({ value, label: t.pipelines.views[value] }))}
        onChange={(value) => onView(value as View)}
      />
      <Group gap={2}>
        <Tooltip label={t.pipelines.undo}>
          <ActionIcon aria-label={t.pipelines.undo} disabled={draft.past.length === 0} onClick={control.undo}>
            <IconArrowBackUp size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={t.pipelines.redo}>
          <ActionIcon aria-label={t.pipelines.redo} disabled={draft.future.length === 0} onClick={control.redo}>
            <IconArrowForwardUp size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Group>
      <span role="status">
        <Health control={control} found={found} />
      </span>
      <Group gap="xs" className={classes.push}>
        <Button size="xs" variant="default" leftSection={<IconSettings size={14} aria-hidden />} onClick={onSettings}>
          {t.pipelines.step.pipeline}
        </Button>
        {(["source", "processor", "destination"] as const).map((kind) => (
          <Button
            key={kind}
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => onAdd(kind)}
          >
            {t.pipelines.step[kind]}
          </Button>
        ))}
      </Group>
    </div>
  );
}

function Health({ control, found }: { control: DraftControl; found: Problems }) {
  const count = control.draft.faults.length + found.problems.length;
  if (count > 0) return <StatusBadge status="failed" label={t.pipelines.invalid(count)} />;
  if (found.error !== null) return <StatusBadge status="skipped" label={t.pipelines.notChecked} />;
  if (found.checking) return <StatusBadge status="queued" label={t.pipelines.checking} />;
  return <StatusBadge status="passed" label={t.pipelines.valid} />;
}

function Findings({
  control,
  found,
  onOpen,
}: {
  control: DraftControl;
  found: Problems;
  onOpen: (step: StepKey) => void;
}) {
  const { faults } = control.draft;
  if (faults.length > 0) {
    return (
      <ErrorState
        error={{
          message: t.pipelines.yamlBroken,
          problems: faults.map((fault) => ({ path: `${fault.line}:${fault.column}`, message: fault.message })),
        }}
      />
    );
  }
  if (found.error !== null) return <ErrorState error={found.error} title={t.pipelines.notChecked} />;
  if (found.problems.length === 0) return null;
  return (
    <Panel title={t.pipelines.invalid(found.problems.length)}>
      <ProblemList problems={found.problems} onOpen={onOpen} />
    </Panel>
  );
}

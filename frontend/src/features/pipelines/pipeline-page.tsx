import { Alert, Button, Group, Tabs } from "@mantine/core";
import { IconDeviceFloppy, IconPlayerPlay } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useBlocker } from "@tanstack/react-router";
import { type ReactNode, useMemo, useState } from "react";
import { pipelineKeys, updatePipeline } from "@/api/pipelines";
import { isProblem } from "@/api/problem";
import type { PipelineDetail } from "@/api/types";
import { same } from "@/features/pipelines/document/yaml-text";
import { PipelineEditor, type View } from "@/features/pipelines/editor/editor";
import { useCatalog } from "@/features/pipelines/editor/use-catalog";
import { type DraftControl, useDraft } from "@/features/pipelines/editor/use-draft";
import { useFlowing } from "@/features/pipelines/editor/use-flowing";
import { useValidation } from "@/features/pipelines/editor/use-validation";
import { PlanView } from "@/features/pipelines/plan/plan-view";
import { RunDialog } from "@/features/pipelines/run/run-dialog";
import { StateView } from "@/features/pipelines/state/state-view";
import { VersionsView } from "@/features/pipelines/versions/versions-view";
import { lanesOf } from "@/graph/lanes";
import { asCurl, asYaml } from "@/lib/copy-as";
import type { PipelineDocument } from "@/lib/pipeline-document";
import { t } from "@/lib/texts";
import { CopyAs } from "@/ui/copy-as";
import { ErrorState } from "@/ui/error-state";
import { PageHeader } from "@/ui/page-header";
import { StatusBadge } from "@/ui/status-badge";
import { toastDone } from "@/ui/toast";
import { TabList } from "@/ui/tab-list";
import { PipelineMenu } from "./pipeline-menu";
import { TABS, type Tab } from "./tabs";

/** What of the page stands in the URL. */
export interface PipelinePlace {
  tab?: Tab | undefined;
  view?: View | undefined;
  step?: string | undefined;
  stream?: string | undefined;
  after?: number | undefined;
  version?: number | undefined;
}

interface Props {
  pipeline: PipelineDetail;
  place: PipelinePlace;
  onPlace: (place: PipelinePlace) => void;
  onRun: (run: string) => void;
  onGone: () => void;
  onRenamed: (name: string) => void;
  /** What other features show of this pipeline. */
  runs: ReactNode;
  schedules: ReactNode;
}

/** One pipeline: its document under edit, what a run would do, its runs, state, versions and schedules. */
export function PipelinePage(props: Props) {
  const { pipeline, place, onPlace, onRun } = props;
  const [running, setRunning] = useState(false);
  const control = useDraft(pipeline.document as PipelineDocument);
  const base = useBase(pipeline, control);
  const catalog = useCatalog();
  const found = useValidation(pipeline.name, control.draft);
  const save = useSave({ ...pipeline, revision: base }, (document) => control.saved(document));
  const flowing = useFlowing(pipeline, control.document);
  const streams = useMemo(
    () => lanesOf(control.document, { saved: catalog.saved, flowing }).flatMap((lane) => lane.names),
    [control.document, catalog.saved, flowing],
  );
  useBlocker({
    shouldBlockFn: ({ current, next }) =>
      control.dirty && current.pathname !== next.pathname && !window.confirm(t.common.unsaved),
    enableBeforeUnload: () => control.dirty,
  });
  const tab = place.tab ?? "edit";
  const blocked = control.draft.faults.length > 0;
  return (
    <>
      <PageHeader
        title={pipeline.name}
        about={pipeline.description}
        badge={
          control.dirty ? (
            <StatusBadge status="open" label={t.pipelines.unsaved} />
          ) : (
            pipeline.last_run && <StatusBadge status={pipeline.last_run.status} />
          )
        }
        actions={
          <Group gap="sm">
            <CopyAs
              yaml={() => asYaml({ pipelines: { [pipeline.name]: control.document } })}
              curl={() =>
                asCurl("PUT", `/api/pipelines/${pipeline.id}`, { name: pipeline.name, document: control.document })
              }
            />
            {control.dirty && (
              <Button variant="default" onClick={() => control.edit(() => control.draft.saved)}>
                {t.pipelines.discard}
              </Button>
            )}
            <Button
              variant={control.dirty ? "filled" : "default"}
              leftSection={<IconDeviceFloppy size={16} aria-hidden />}
              disabled={!control.dirty || blocked}
              loading={save.isPending}
              onClick={() => save.mutate(control.document)}
            >
              {t.common.save}
            </Button>
            <Button
              variant={control.dirty ? "default" : "filled"}
              leftSection={<IconPlayerPlay size={16} aria-hidden />}
              onClick={() => setRunning(true)}
            >
              {t.pipelines.run}
            </Button>
            <PipelineMenu
              pipeline={pipeline}
              document={control.document}
              onGone={props.onGone}
              onRenamed={props.onRenamed}
            />
          </Group>
        }
      />
      {save.isError && (
        <ErrorState
          error={save.error}
          {...(isProblem(save.error) && save.error.status === 412 ? { title: t.common.staleTitle } : {})}
        />
      )}
      {blocked && tab !== "edit" && <Alert color="yellow">{t.pipelines.yamlBroken}</Alert>}
      <Tabs
        value={tab}
        onChange={(value) => onPlace({ ...place, tab: value === "edit" ? undefined : (value as Tab) })}
        mt="sm"
      >
        <TabList mb="md">
          {TABS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t.pipelines.tabs[one]}
            </Tabs.Tab>
          ))}
        </TabList>
        <Tabs.Panel value="edit">
          <PipelineEditor
            control={control}
            catalog={catalog}
            found={found}
            flowing={flowing}
            place={place}
            onPlace={(next) => onPlace({ ...place, ...next })}
          />
        </Tabs.Panel>
        <Tabs.Panel value="plan">
          <PlanView document={control.document} />
        </Tabs.Panel>
        <Tabs.Panel value="runs">{props.runs}</Tabs.Panel>
        <Tabs.Panel value="state">
          <StateView pipeline={pipeline.id} onStarted={onRun} />
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <VersionsView
            pipeline={pipeline.id}
            selected={place.version ?? null}
            onSelect={(version) => onPlace({ ...place, version })}
            onRolledBack={() => onPlace({ tab: "versions" })}
          />
        </Tabs.Panel>
        <Tabs.Panel value="schedules">{props.schedules}</Tabs.Panel>
      </Tabs>
      <RunDialog
        pipeline={pipeline.name}
        streams={streams}
        unsaved={control.dirty}
        opened={running}
        onClose={() => setRunning(false)}
        onStarted={onRun}
      />
    </>
  );
}

/**
 * The revision that the draft began with. When somebody else saves, a clean draft follows; one with changes keeps its
 * base, so that saving it is refused rather than writing over theirs.
 */
function useBase(pipeline: PipelineDetail, control: DraftControl): number {
  const [seen, setSeen] = useState({ revision: pipeline.revision, document: pipeline.document });
  if (pipeline.revision !== seen.revision && (!control.dirty || same(pipeline.document, control.draft.saved))) {
    setSeen({ revision: pipeline.revision, document: pipeline.document });
    if (!same(pipeline.document, control.draft.saved)) control.open(pipeline.document as PipelineDocument);
    return pipeline.revision;
  }
  return seen.revision;
}

function useSave(pipeline: PipelineDetail, onSaved: (document: PipelineDocument) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (document: PipelineDocument) =>
      updatePipeline(pipeline.id, { name: pipeline.name, document }, pipeline.revision),
    onSuccess: async (saved, document) => {
      onSaved(document);
      client.setQueryData(pipelineKeys.detail(pipeline.name), saved);
      await client.invalidateQueries({ queryKey: pipelineKeys.all });
      toastDone(t.pipelines.saved(saved.version));
    },
  });
}

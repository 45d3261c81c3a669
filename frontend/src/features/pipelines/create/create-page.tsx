import { Button, Group } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { createPipeline, pipelineKeys, pipelinesQuery, runPipeline } from "@/api/pipelines";
import { useCatalog } from "@/features/pipelines/editor/use-catalog";
import { useValidation } from "@/features/pipelines/editor/use-validation";
import { emptyPipeline } from "@/features/pipelines/document/edit";
import { t } from "@/lib/texts";
import { PageHeader } from "@/ui/page-header";
import classes from "./create.module.css";
import { DestinationStep, PreviewStep, ProcessorsStep, SaveStep, SourceStep, StreamsStep } from "./create-steps";
import { type CreateStep, furthest, mayOpen, neighbour, STEPS, suggestedName } from "./first-steps";
import { useKeptDraft } from "./use-kept-draft";

/** What of the page stands in the URL. */
export interface CreatePlace {
  at?: CreateStep | undefined;
  step?: string | undefined;
  stream?: string | undefined;
  after?: number | undefined;
}

interface Props {
  place: CreatePlace;
  onPlace: (place: CreatePlace) => void;
  onSaved: (name: string) => void;
  onRun: (run: string) => void;
}

/** From nothing to a pipeline that runs, one question at a time. */
export function CreatePage({ place, onPlace, onSaved, onRun }: Props) {
  const control = useKeptDraft();
  const catalog = useCatalog();
  const taken = useQuery(pipelinesQuery());
  const [typed, setTyped] = useState<string | null>(null);
  const names = useMemo(() => (taken.data ?? []).map((one) => one.name), [taken.data]);
  const name = typed ?? suggestedName(control.document, names);
  const found = useValidation(name, control.draft);
  const wanted = place.at ?? "source";
  const at = mayOpen(control.document, wanted) ? wanted : furthest(control.document);
  const go = (step: CreateStep | null) => step !== null && onPlace({ at: step });
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: async (run: boolean) => {
      const saved = await createPipeline({ name, document: control.document });
      control.forget();
      return { saved, run: run ? await runPipeline(saved.id) : null };
    },
    onSuccess: async ({ saved, run }) => {
      control.saved(control.document);
      await client.invalidateQueries({ queryKey: pipelineKeys.all });
      if (run === null) onSaved(saved.name);
      else onRun(run.id);
    },
  });
  const parts = { control, catalog, found, place, onPlace };
  return (
    <>
      <PageHeader title={t.pipelines.create.title} about={t.pipelines.create.draft} />
      <div className={classes.layout}>
        <ol className={classes.steps}>
          {STEPS.map((step, index) => (
            <li key={step}>
              <button
                type="button"
                className={classes.step}
                aria-current={step === at ? "step" : undefined}
                disabled={!mayOpen(control.document, step)}
                onClick={() => go(step)}
              >
                <span className={classes.number} aria-hidden>
                  {index + 1}
                </span>
                {t.pipelines.create.steps[step]}
              </button>
            </li>
          ))}
        </ol>
        <div className={classes.body}>
          {at === "source" && <SourceStep {...parts} onNext={() => go("streams")} />}
          {at === "streams" && <StreamsStep {...parts} />}
          {at === "processors" && <ProcessorsStep {...parts} />}
          {at === "destination" && <DestinationStep {...parts} />}
          {at === "preview" && <PreviewStep {...parts} />}
          {at === "save" && (
            <SaveStep {...parts} name={name} onName={setTyped} taken={names.includes(name)} error={save.error} />
          )}
          <div className={classes.foot}>
            <Group gap="sm">
              <Button variant="default" disabled={neighbour(at, -1) === null} onClick={() => go(neighbour(at, -1))}>
                {t.pipelines.create.back}
              </Button>
              <Button
                variant="subtle"
                color="gray"
                onClick={() => {
                  control.open(emptyPipeline());
                  onPlace({ at: "source" });
                }}
              >
                {t.pipelines.create.startOver}
              </Button>
            </Group>
            <Group gap="sm">
              {at === "save" ? (
                <>
                  <Button
                    variant="default"
                    loading={save.isPending}
                    disabled={name === ""}
                    onClick={() => save.mutate(false)}
                  >
                    {t.pipelines.create.create}
                  </Button>
                  <Button
                    loading={save.isPending}
                    disabled={name === "" || found.problems.length > 0}
                    onClick={() => save.mutate(true)}
                  >
                    {t.pipelines.create.createAndRun}
                  </Button>
                </>
              ) : (
                <Button
                  disabled={!mayOpen(control.document, neighbour(at, 1) ?? at)}
                  onClick={() => go(neighbour(at, 1))}
                >
                  {t.pipelines.create.next}
                </Button>
              )}
            </Group>
          </div>
        </div>
      </div>
    </>
  );
}

import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { moveStep } from "@/features/pipelines/document/edit";
import type { StepKey, StepKind } from "@/features/pipelines/document/step-key";
import { readDestinations, readProcessors, readSources, stepLabel } from "@/lib/pipeline-document";
import { t } from "@/lib/texts";
import classes from "./editor.module.css";
import { ProcessorList } from "./processor-list";
import { StepCard } from "./step-card";
import type { Catalog } from "./use-catalog";
import type { DraftControl } from "./use-draft";

interface Props {
  control: DraftControl;
  catalog: Catalog;
  selected: StepKey | null;
  problems: ReadonlyMap<string, number>;
  onSelect: (step: StepKey | null) => void;
  onAdd: (kind: StepKind) => void;
}

/** The chain as a list: sources, processors in their order, destinations. */
export function FormView({ control, catalog, selected, problems, onSelect, onAdd }: Props) {
  const { document } = control;
  const typeOf = (saved: string | null, type: string | null): string =>
    type ?? catalog.saved.get(saved ?? "")?.type ?? catalog.connectors.find((one) => one.name === saved)?.type ?? "";
  return (
    <div className={classes.main}>
      <Section kind="source" onAdd={onAdd}>
        {readSources(document).map((step) => (
          <StepCard
            key={step.index}
            kind="source"
            label={stepLabel(step)}
            about={typeOf(step.saved, step.type)}
            detail={step.streams.map((stream) => stream.name).join(", ")}
            problems={problems.get(`source:${step.index}`) ?? 0}
            selected={selected?.kind === "source" && selected.index === step.index}
            onClick={() => onSelect({ kind: "source", index: step.index })}
          />
        ))}
      </Section>
      <Section kind="processor" onAdd={onAdd}>
        <ProcessorList
          steps={readProcessors(document)}
          selected={selected?.kind === "processor" ? selected.index : null}
          problems={problems}
          typeOf={(step) => typeOf(step.saved, step.type)}
          onSelect={(index) => onSelect({ kind: "processor", index })}
          onMove={(from, to) => {
            control.edit((old) => moveStep(old, "processors", from, to));
            onSelect({ kind: "processor", index: to });
          }}
        />
      </Section>
      <Section kind="destination" onAdd={onAdd}>
        {readDestinations(document).map((step) => (
          <StepCard
            key={step.index}
            kind="destination"
            label={stepLabel(step)}
            about={typeOf(step.saved, step.type)}
            detail={step.write ?? t.pipelines.step.writeAuto}
            problems={problems.get(`destination:${step.index}`) ?? 0}
            selected={selected?.kind === "destination" && selected.index === step.index}
            onClick={() => onSelect({ kind: "destination", index: step.index })}
          />
        ))}
      </Section>
    </div>
  );
}

function Section({
  kind,
  onAdd,
  children,
}: {
  kind: StepKind;
  onAdd: (kind: StepKind) => void;
  children: React.ReactNode;
}) {
  const titles = t.pipelines.step.sections;
  return (
    <section className={classes.section}>
      <h3 className={classes.sectionTitle}>
        {titles[kind]}
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => onAdd(kind)}
        >
          {t.pipelines.step.add[kind]}
        </Button>
      </h3>
      {children}
    </section>
  );
}

import { ActionIcon, Group, Menu, Stack, Tooltip } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconCopy, IconDots, IconTrash } from "@tabler/icons-react";
import type { Finding } from "@/api/problem";
import { duplicateStep, moveStep, removeStep } from "@/features/pipelines/document/edit";
import { problemsOfStep, SECTION, type StepKey } from "@/features/pipelines/document/step-key";
import { items, stepAt, stepLabel, text } from "@/lib/pipeline-document";
import { t } from "@/lib/texts";
import { Panel } from "@/ui/panel";
import { toastDone } from "@/ui/toast";
import { DestinationPanel } from "./destination-panel";
import { otherProblems } from "./field-error";
import { ProblemList } from "./problem-list";
import { ProcessorPanel } from "./processor-panel";
import { SourcePanel } from "./source-panel";
import type { Catalog } from "./use-catalog";
import type { DraftControl } from "./use-draft";

interface Props {
  control: DraftControl;
  catalog: Catalog;
  step: StepKey;
  problems: readonly Finding[];
  streams: readonly string[];
  columns: readonly string[];
  onSelect: (step: StepKey | null) => void;
}

const SHOWN = ["connector", "streams", "exclude", "name", "config", "write", "table", "key", "parallelism"];

/** The selected step: what it is, what can be done with it, and its settings. */
export function StepPanel({ control, catalog, step, problems, streams, columns, onSelect }: Props) {
  const mine = problemsOfStep(problems, step);
  const written = stepAt(control.document, SECTION[step.kind], step.index);
  const label = labelOf(written);
  const key = `${step.kind}:${step.index}:${text(written["type"]) ?? ""}`;
  return (
    <Panel
      title={`${t.pipelines.step[step.kind]}: ${label}`}
      aside={<Actions control={control} step={step} label={label} onSelect={onSelect} />}
    >
      <Stack gap="md" key={key}>
        <ProblemList problems={otherProblems(mine, SHOWN)} />
        {step.kind === "source" && (
          <SourcePanel control={control} catalog={catalog} index={step.index} problems={mine} />
        )}
        {step.kind === "processor" && (
          <ProcessorPanel control={control} index={step.index} problems={mine} streams={streams} columns={columns} />
        )}
        {step.kind === "destination" && (
          <DestinationPanel control={control} catalog={catalog} index={step.index} problems={mine} streams={streams} />
        )}
      </Stack>
    </Panel>
  );
}

function labelOf(step: ReturnType<typeof stepAt>): string {
  const saved = text(step["connector"]) ?? text(step["processor"]);
  return stepLabel({ saved, type: text(step["type"]), name: text(step["name"]) });
}

function Actions({ control, step, label, onSelect }: Pick<Props, "control" | "step" | "onSelect"> & { label: string }) {
  const section = SECTION[step.kind];
  const count = items(control.document, section).length;
  const move = (to: number) => {
    control.edit((document) => moveStep(document, section, step.index, to));
    onSelect({ ...step, index: to });
  };
  const remove = () => {
    control.edit((document) => removeStep(document, section, step.index));
    onSelect(null);
    toastDone(t.pipelines.step.removed(label));
  };
  return (
    <Group gap={2} wrap="nowrap">
      {step.kind === "processor" && (
        <>
          <Tool
            label={t.pipelines.step.moveUp}
            icon={IconArrowUp}
            disabled={step.index === 0}
            onClick={() => move(step.index - 1)}
          />
          <Tool
            label={t.pipelines.step.moveDown}
            icon={IconArrowDown}
            disabled={step.index >= count - 1}
            onClick={() => move(step.index + 1)}
          />
        </>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon aria-label={t.common.moreActions}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {step.kind === "processor" && (
            <Menu.Item
              leftSection={<IconCopy size={14} aria-hidden />}
              onClick={() => control.edit((document) => duplicateStep(document, section, step.index))}
            >
              {t.pipelines.step.duplicate}
            </Menu.Item>
          )}
          <Menu.Item color="clay" leftSection={<IconTrash size={14} aria-hidden />} onClick={remove}>
            {t.pipelines.step.remove}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}

interface ToolProps {
  label: string;
  icon: typeof IconArrowUp;
  disabled: boolean;
  onClick: () => void;
}

function Tool({ label, icon: Icon, disabled, onClick }: ToolProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} disabled={disabled} onClick={onClick}>
        <Icon size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

import { NumberInput, Stack } from "@mantine/core";
import type { Finding } from "@/api/problem";
import { changeStep } from "@/features/pipelines/document/edit";
import { ChosenStreams } from "@/features/pipelines/streams/chosen-streams";
import { stepAt, text } from "@/lib/pipeline-document";
import { t } from "@/lib/texts";
import { ConfigForm } from "./config-form";
import { ConnectorField } from "./connector-field";
import { fieldError } from "./field-error";
import type { DraftControl } from "./use-draft";
import type { Catalog } from "./use-catalog";

interface Props {
  control: DraftControl;
  catalog: Catalog;
  index: number;
  problems: readonly Finding[];
}

/** Where streams come from: the connector, and the streams that are read. */
export function SourcePanel({ control, catalog, index, problems }: Props) {
  const step = stepAt(control.document, "sources", index);
  const type = text(step["type"]);
  const parallelism = step["parallelism"];
  return (
    <Stack gap="md">
      <ConnectorField
        catalog={catalog}
        side="source"
        step={step}
        error={fieldError(problems, "connector")}
        onChange={(connector) =>
          control.edit((document) =>
            changeStep(document, "sources", index, {
              connector,
              type: undefined,
              config: undefined,
              streams: undefined,
            }),
          )
        }
      />
      {type !== null && (
        <ConfigForm
          kind="connector"
          type={type}
          value={step["config"]}
          problems={problems}
          onChange={(config) =>
            control.edit((document) => changeStep(document, "sources", index, { config }), `config:source:${index}`)
          }
        />
      )}
      <ChosenStreams control={control} source={index} problems={problems} />
      <NumberInput
        label={t.pipelines.step.parallelism}
        value={typeof parallelism === "number" ? parallelism : ""}
        min={1}
        max={1000}
        allowDecimal={false}
        error={fieldError(problems, "parallelism")}
        onChange={(value) =>
          control.edit(
            (document) =>
              changeStep(document, "sources", index, { parallelism: typeof value === "number" ? value : undefined }),
            `parallelism:${index}`,
          )
        }
      />
    </Stack>
  );
}

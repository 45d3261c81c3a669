import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useBlocker } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { streamsQuery } from "@/api/connectors";
import { Problem } from "@/api/problem";
import { createProcessor, processorKeys, updateProcessor } from "@/api/processors";
import type { Config, Processor, ProcessorTypeDetail } from "@/api/types";
import { SchemaForm } from "@/forms/schema-form";
import { isName } from "@/lib/names";
import { t } from "@/lib/texts";
import { ComponentForm } from "@/ui/component-form";
import { toastDone } from "@/ui/toast";
import type { Sample } from "./sample";
import { TryPanel } from "./try-panel";

interface Props {
  type: ProcessorTypeDetail;
  /** The saved one; without it a new one is made. */
  processor?: Processor;
  sample: Sample;
  onSample: (sample: Sample) => void;
  onSaved: (processor: Processor) => void;
}

/** Makes or changes a processor, and tries it on real rows. */
export function ProcessorEditor({ type, processor, sample, onSample, onSaved }: Props) {
  const client = useQueryClient();
  const [name, setName] = useState(processor?.name ?? "");
  const [description, setDescription] = useState(processor?.description ?? "");
  const [config, setConfig] = useState<Config>(processor?.config ?? {});
  const [wrong, setWrong] = useState(0);
  const [dirty, setDirty] = useState(false);
  const [tried, setTried] = useState(false);
  const columns = useColumns(sample);

  const save = useMutation({
    mutationFn: () => {
      const input = { name, type: type.type, config, description: description || null };
      return processor ? updateProcessor(processor.id, input, processor.revision) : createProcessor(input);
    },
    onSuccess: (saved) => {
      setDirty(false);
      client.setQueryData(processorKeys.detail(saved.name), saved);
      void client.invalidateQueries({ queryKey: processorKeys.all });
      toastDone(t.processors.saved(saved.name));
      onSaved(saved);
    },
  });
  useBlocker({
    shouldBlockFn: ({ current, next }) =>
      // The sample is in the address, too, and may change; leaving the settings may not.
      (current.pathname !== next.pathname || tabOf(current.search) !== tabOf(next.search)) &&
      dirty &&
      !save.isSuccess &&
      !window.confirm(t.common.unsaved),
    enableBeforeUnload: () => dirty && !save.isSuccess,
  });
  const submit = () => {
    setTried(true);
    if (isName(name) && wrong === 0) save.mutate();
  };
  return (
    <>
      <ComponentForm
        name={name}
        onName={(next) => {
          setName(next);
          setDirty(true);
        }}
        nameHint={t.processors.nameHint}
        nameError={tried && !isName(name) ? (name ? t.connectors.nameRule : t.connectors.nameMissing) : undefined}
        description={description}
        onDescription={(next) => {
          setDescription(next);
          setDirty(true);
        }}
        docs={type.docs}
        wrong={wrong + (isName(name) ? 0 : 1)}
        showWrong={tried}
        error={save.error}
        busy={save.isPending}
        submit={processor ? t.common.save : t.common.create}
        onSubmit={submit}
      >
        <SchemaForm
          schema={type.config_schema}
          value={config}
          columns={columns}
          secrets={processor?.secrets ?? []}
          problems={save.error instanceof Problem ? save.error.problems : []}
          showErrors={tried}
          onReady={setWrong}
          onChange={(next, count) => {
            setConfig(next);
            setWrong(count);
            setDirty(true);
            save.reset();
          }}
        />
      </ComponentForm>
      <TryPanel
        type={type.type}
        processor={processor?.id}
        config={config}
        wrong={wrong}
        sample={sample}
        onSample={onSample}
        onWrong={() => setTried(true)}
      />
    </>
  );
}

const tabOf = (search: object): unknown => Reflect.get(search, "tab") ?? "settings";

/** The column names of the sample's stream, to offer in the form. */
function useColumns({ connector, stream }: Sample): string[] {
  const streams = useInfiniteQuery({
    ...streamsQuery(connector ?? "", stream),
    enabled: Boolean(connector && stream),
  });
  return useMemo(() => {
    const found = streams.data?.pages.flatMap((page) => page.items).find((one) => one.name === stream);
    return found?.columns.map((column) => column.name) ?? [];
  }, [streams.data, stream]);
}

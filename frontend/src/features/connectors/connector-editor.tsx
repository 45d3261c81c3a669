import { Button } from "@mantine/core";
import { IconPlugConnected } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useBlocker } from "@tanstack/react-router";
import { useState } from "react";
import { checkConfig, connectorKeys, createConnector, updateConnector } from "@/api/connectors";
import { Problem } from "@/api/problem";
import type { Connector, ConnectorTypeDetail } from "@/api/types";
import { SchemaForm } from "@/forms/schema-form";
import { isName } from "@/lib/names";
import { t } from "@/lib/texts";
import { ComponentForm } from "@/ui/component-form";
import { toastDone } from "@/ui/toast";
import { CheckReport } from "./check-report";

interface Props {
  type: ConnectorTypeDetail;
  /** The saved one; without it a new one is made. */
  connector?: Connector;
  onSaved: (connector: Connector) => void;
}

/** Makes or changes a connector. */
export function ConnectorEditor({ type, connector, onSaved }: Props) {
  const client = useQueryClient();
  const [name, setName] = useState(connector?.name ?? "");
  const [description, setDescription] = useState(connector?.description ?? "");
  const [config, setConfig] = useState(connector?.config ?? {});
  const [wrong, setWrong] = useState(0);
  const [dirty, setDirty] = useState(false);
  const [tried, setTried] = useState(false);
  const secrets = connector?.secrets ?? [];

  const save = useMutation({
    mutationFn: () => {
      const input = { name, type: type.type, config, description: description || null };
      return connector ? updateConnector(connector.id, input, connector.revision) : createConnector(input);
    },
    onSuccess: (saved) => {
      setDirty(false);
      client.setQueryData(connectorKeys.detail(saved.name), saved);
      void client.invalidateQueries({ queryKey: connectorKeys.all });
      toastDone(t.connectors.created(saved.name));
      onSaved(saved);
    },
  });
  const check = useMutation({ mutationFn: () => checkConfig(type.type, config, connector?.id) });
  useBlocker({
    shouldBlockFn: () => dirty && !save.isSuccess && !window.confirm(t.common.unsaved),
    enableBeforeUnload: () => dirty && !save.isSuccess,
  });

  const nameError = tried && !isName(name) ? (name ? t.connectors.nameRule : t.connectors.nameMissing) : undefined;
  const submit = () => {
    setTried(true);
    if (isName(name) && wrong === 0) save.mutate();
  };
  const problems = [save.error, check.error].flatMap((error) => (error instanceof Problem ? error.problems : []));
  return (
    <ComponentForm
      name={name}
      onName={(next) => {
        setName(next);
        setDirty(true);
      }}
      nameHint={t.connectors.nameHint}
      nameError={nameError}
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
      submit={connector ? t.common.save : t.common.create}
      onSubmit={submit}
      actions={
        <Button
          variant="default"
          leftSection={<IconPlugConnected size={16} aria-hidden />}
          loading={check.isPending}
          onClick={() => {
            setTried(true);
            if (wrong === 0) check.mutate();
          }}
        >
          {t.connectors.test}
        </Button>
      }
      after={<CheckReport result={check.data} error={check.error} busy={check.isPending} />}
    >
      <SchemaForm
        schema={type.config_schema}
        value={config}
        secrets={secrets}
        problems={problems}
        showErrors={tried}
        onChange={(next, count) => {
          setConfig(next);
          setWrong(count);
          setDirty(true);
          // What was said is about other settings than those that stand here now.
          save.reset();
          check.reset();
        }}
        onReady={setWrong}
      />
    </ComponentForm>
  );
}

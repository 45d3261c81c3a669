import { Anchor, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { connectorTypeQuery, processorTypeQuery } from "@/api/catalog";
import type { Finding } from "@/api/problem";
import type { ConnectorTypeDetail, ProcessorTypeDetail } from "@/api/types";
import { SchemaForm } from "@/forms/schema-form";
import { isObject, type Json } from "@/lib/pipeline-document";
import { t } from "@/lib/texts";
import { ErrorState } from "@/ui/error-state";
import { Loading } from "@/ui/loading";

interface Props {
  kind: "connector" | "processor";
  type: string;
  value: Json | undefined;
  problems: readonly Finding[];
  /** Names of columns that are there before this step. */
  columns?: readonly string[];
  onChange: (config: Json | undefined) => void;
}

/** The settings of a type that is written in place, as its JSON Schema says. */
export function ConfigForm(props: Props) {
  return props.kind === "connector" ? <ConnectorForm {...props} /> : <ProcessorForm {...props} />;
}

function ConnectorForm(props: Props) {
  const query = useQuery(connectorTypeQuery(props.type));
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return query.data === undefined ? <Loading lines={4} /> : <TypeForm {...props} about={query.data} />;
}

function ProcessorForm(props: Props) {
  const query = useQuery(processorTypeQuery(props.type));
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return query.data === undefined ? <Loading lines={4} /> : <TypeForm {...props} about={query.data} />;
}

function TypeForm({
  kind,
  type,
  value,
  problems,
  columns = [],
  onChange,
  about,
}: Props & { about: ConnectorTypeDetail | ProcessorTypeDetail }) {
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="xs">
        {about.config_schema["description"] === undefined && (
          <Text size="sm" c="dimmed">
            {about.description}
          </Text>
        )}
        {kind === "processor" && (
          <Text size="xs">
            <Anchor component={Link} to="/processors/new" search={{ type } as never} target="_blank" inherit>
              {t.pipelines.step.docs}
            </Anchor>
          </Text>
        )}
      </Group>
      <SchemaForm
        schema={about.config_schema}
        value={isObject(value) ? { ...value } : {}}
        problems={problems.filter((problem) => problem.path.includes("config"))}
        columns={columns}
        idPrefix={`${kind}-${type}`}
        onChange={(next) => onChange(next as Json)}
      />
    </Stack>
  );
}

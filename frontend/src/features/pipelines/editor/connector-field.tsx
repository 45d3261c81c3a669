import { Anchor, Group, Select, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { JsonObject } from "@/lib/pipeline-document";
import { text } from "@/lib/pipeline-document";
import { t } from "@/lib/texts";
import { type Catalog, connectorsFor, type Side } from "./use-catalog";

interface Props {
  catalog: Catalog;
  side: Side;
  step: JsonObject;
  error?: string | undefined;
  onChange: (connector: string) => void;
}

/** Which saved connector a source or destination uses, or that it is written in place. */
export function ConnectorField({ catalog, side, step, error, onChange }: Props) {
  const saved = text(step["connector"]);
  const type = text(step["type"]);
  const choices = connectorsFor(catalog, side).map((connector) => ({
    value: connector.name,
    label: `${connector.name} (${catalog.connectorTypes.get(connector.type)?.title ?? connector.type})`,
  }));
  const missing = saved !== null && !choices.some((choice) => choice.value === saved);
  const known = missing ? [{ value: saved, label: saved }, ...choices] : choices;
  return (
    <Stack gap={4}>
      <Select
        label={t.pipelines.step.connector}
        data={known}
        value={saved}
        placeholder={type === null ? undefined : t.pipelines.step.inPlace(type)}
        searchable
        allowDeselect={false}
        error={error}
        onChange={(value) => value !== null && onChange(value)}
      />
      <Group gap="md">
        {saved !== null && !missing && (
          <Text size="xs">
            <Anchor component={Link} to={`/connectors/${encodeURIComponent(saved)}`} inherit>
              {t.pipelines.step.openConnector}
            </Anchor>
          </Text>
        )}
        <Text size="xs">
          <Anchor component={Link} to="/connectors/catalog" inherit>
            {t.pipelines.step.newConnector}
          </Anchor>
        </Text>
      </Group>
    </Stack>
  );
}

import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { connectorTypeQuery, processorTypeQuery } from "@/api/catalog";
import type { Finding } from "@/api/problem";
import { pathInStep } from "@/features/pipelines/document/step-key";
import { SchemaForm } from "@/forms/schema-form";
import { isObject, type Json } from "@/lib/pipeline-document";
import { t } from "@/lib/texts";
import { QueryState } from "@/ui/query-state";

interface Props {
  kind: "connector" | "processor";
  type: string;
  value: Json | undefined;
  problems: readonly Finding[];
  onChange: (config: Json | undefined) => void;
}

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { connectorTypesQuery, processorTypesQuery } from "@/api/catalog";
import { connectorsQuery } from "@/api/connectors";
import { processorsQuery } from "@/api/processors";
import type { Connector, ConnectorType, Processor, ProcessorType } from "@/api/types";
import type { JsonObject } from "@/lib/pipeline-document";

export interface Catalog {
  readonly connectors: readonly Connector[];
  readonly connectorTypes: ReadonlyMap<string, ConnectorType>;
  readonly processors: readonly Processor[];
  readonly processorTypes: readonly ProcessorType[];
  /** Type and config of saved processors, as the graph wants them. */
  readonly saved: ReadonlyMap<string, { readonly type: string; readonly config: JsonObject }>;
  readonly loading: boolean;
  readonly error: unknown;
}

/** What a pipeline can be built from: saved connectors and processors, and the installed types. */
export function useCatalog(): Catalog {
  const connectors = useQuery(connectorsQuery());
  const connectorTypes = useQuery(connectorTypesQuery());
  const processors = useQuery(processorsQuery());
  const processorTypes = useQuery(processorTypesQuery());
  const error = connectors.error ?? connectorTypes.error ?? processors.error ?? processorTypes.error;
  const loading = connectors.isPending || connectorTypes.isPending || processors.isPending || processorTypes.isPending;
  return useMemo(
    () => ({
      connectors: connectors.data ?? [],
      connectorTypes: new Map((connectorTypes.data ?? []).map((type) => [type.type, type])),
      processors: processors.data ?? [],
      processorTypes: processorTypes.data ?? [],
      saved: new Map(
        (processors.data ?? []).map((one) => [one.name, { type: one.type, config: one.config as JsonObject }]),
      ),
      loading,
      error,
    }),
    [connectors.data, connectorTypes.data, processors.data, processorTypes.data, loading, error],
  );
}

export type Side = "source" | "destination";

/** Connectors that have the side; those whose type is not known are shown rather than hidden. */
export function connectorsFor(catalog: Catalog, side: Side): readonly Connector[] {
  return catalog.connectors.filter((connector) => catalog.connectorTypes.get(connector.type)?.[side] !== false);
}

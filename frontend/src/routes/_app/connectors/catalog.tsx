import { createFileRoute, useNavigate } from "@tanstack/react-router";
import { z } from "zod";
import { connectorTypesQuery } from "@/api/catalog";
import { ConnectorCatalog } from "@/features/connectors/connector-catalog";
import { t } from "@/lib/texts";

const search = z.object({
  q: z.string().optional().catch(undefined),
  category: z.string().optional().catch(undefined),
  then: z.literal("pipeline").optional().catch(undefined),
});

export const Route = createFileRoute("/_app/connectors/catalog")({
  validateSearch: search,
  staticData: { crumb: t.connectors.catalog },
  loader: ({ context }) => void context.client.prefetchQuery(connectorTypesQuery()),
  component: Page,
});

function Page() {
  const { q = "", category = "", then } = Route.useSearch();
  const navigate = useNavigate({ from: Route.fullPath });
  return (
    <ConnectorCatalog
      q={q}
      category={category}
      then={then}
      onChange={(next) => void navigate({ search: (old) => ({ ...old, ...next }), replace: true })}
    />
  );
}

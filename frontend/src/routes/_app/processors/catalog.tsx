import { createFileRoute, useNavigate } from "@tanstack/react-router";
import { z } from "zod";
import { processorTypesQuery } from "@/api/catalog";
import { ProcessorCatalog } from "@/features/processors/processor-catalog";
import { t } from "@/lib/texts";

const search = z.object({
  q: z.string().optional().catch(undefined),
  category: z.string().optional().catch(undefined),
});

export const Route = createFileRoute("/_app/processors/catalog")({
  validateSearch: search,
  staticData: { crumb: t.processors.catalog },
  loader: ({ context }) => void context.client.prefetchQuery(processorTypesQuery()),
  component: Page,
});

function Page() {
  const { q = "", category = "" } = Route.useSearch();
  const navigate = useNavigate({ from: Route.fullPath });
  return (
    <ProcessorCatalog
      q={q}
      category={category}
      onChange={(next) => void navigate({ search: (old) => ({ ...old, ...next }), replace: true })}
    />
  );
}

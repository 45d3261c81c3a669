import { createFileRoute, useNavigate } from "@tanstack/react-router";
import { z } from "zod";
import { processorsQuery } from "@/api/processors";
import { ProcessorList } from "@/features/processors/processor-list";

export const Route = createFileRoute("/_app/processors/")({
  validateSearch: z.object({ q: z.string().optional().catch(undefined) }),
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps }) => void context.client.prefetchQuery(processorsQuery(deps.q ? { q: deps.q } : {})),
  component: Page,
});

function Page() {
  const { q = "" } = Route.useSearch();
  const navigate = useNavigate({ from: Route.fullPath });
  return <ProcessorList q={q} onSearch={(next) => void navigate({ search: next ? { q: next } : {}, replace: true })} />;
}

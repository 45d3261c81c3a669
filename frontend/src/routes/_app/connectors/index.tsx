import { createFileRoute, useNavigate } from "@tanstack/react-router";
import { z } from "zod";
import { connectorsQuery } from "@/api/connectors";
import { ConnectorList } from "@/features/connectors/connector-list";

export const Route = createFileRoute("/_app/connectors/")({
  validateSearch: z.object({ q: z.string().optional().catch(undefined) }),
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps }) => void context.client.prefetchQuery(connectorsQuery(deps.q ? { q: deps.q } : {})),
  component: Page,
});

function Page() {
  const { q = "" } = Route.useSearch();
  const navigate = useNavigate({ from: Route.fullPath });
  return <ConnectorList q={q} onSearch={(next) => void navigate({ search: next ? { q: next } : {}, replace: true })} />;
}

import { createFileRoute, redirect } from "@tanstack/react-router";
import { z } from "zod";
import { connectorTypeQuery } from "@/api/catalog";
import { NewConnector } from "@/features/connectors/new-connector";
import { t } from "@/lib/texts";

export const Route = createFileRoute("/_app/connectors/new")({
  validateSearch: z.object({
    type: z.string().optional().catch(undefined),
    then: z.literal("pipeline").optional().catch(undefined),
  }),
  staticData: { crumb: t.connectors.add },
  beforeLoad: ({ search }) => {
    if (!search.type) throw redirect({ to: "/connectors/catalog" });
  },
  loaderDeps: ({ search: { type } }) => ({ type }),
  loader: ({ context, deps }) => void (deps.type && context.client.prefetchQuery(connectorTypeQuery(deps.type))),
  component: Page,
});

function Page() {
  const { type = "", then } = Route.useSearch();
  return <NewConnector key={type} type={type} then={then} />;
}

import { createFileRoute, useNavigate } from "@tanstack/react-router";
import { z } from "zod";
import { connectorQuery } from "@/api/connectors";
import { ConnectorPage } from "@/features/connectors/connector-page";

const search = z.object({
  tab: z.enum(["streams", "settings", "usage"]).optional().catch(undefined),
  q: z.string().optional().catch(undefined),
  stream: z.string().optional().catch(undefined),
  view: z.enum(["columns", "rows", "profile"]).optional().catch(undefined),
});

export const Route = createFileRoute("/_app/connectors/$ref")({
  validateSearch: search,
  staticData: { crumb: (params) => params.ref ?? "" },
  loader: ({ context, params }) => void context.client.prefetchQuery(connectorQuery(params.ref)),
  component: Page,
});

function Page() {
  const { ref } = Route.useParams();
  const { tab = "streams", q = "", stream, view = "columns" } = Route.useSearch();
  const navigate = useNavigate({ from: Route.fullPath });
  return (
    <ConnectorPage
      key={ref}
      name={ref}
      place={{ tab, q, stream, view }}
      onPlace={(next) => {
        const replace = "q" in next || "view" in next;
        void navigate({
          search: (old) => ({ ...old, ...next, ...("q" in next && !next.q ? { q: undefined } : {}) }),
          replace,
        });
      }}
    />
  );
}

import { createFileRoute, useNavigate } from "@tanstack/react-router";
import { z } from "zod";
import { processorQuery } from "@/api/processors";
import { ProcessorPage } from "@/features/processors/processor-page";

const word = z.string().optional().catch(undefined);

export const Route = createFileRoute("/_app/processors/$ref")({
  validateSearch: z.object({
    tab: z.enum(["settings", "usage"]).optional().catch(undefined),
    connector: word,
    stream: word,
  }),
  staticData: { crumb: (params) => params.ref ?? "" },
  loader: ({ context, params }) => void context.client.prefetchQuery(processorQuery(params.ref)),
  component: Page,
});

function Page() {
  const { ref } = Route.useParams();
  const { tab = "settings", connector, stream } = Route.useSearch();
  const navigate = useNavigate({ from: Route.fullPath });
  return (
    <ProcessorPage
      key={ref}
      name={ref}
      tab={tab}
      onTab={(next) => void navigate({ search: (old) => ({ ...old, tab: next }) })}
      sample={{ connector, stream }}
      onSample={(next) => void navigate({ search: (old) => ({ ...old, ...next }), replace: true })}
    />
  );
}

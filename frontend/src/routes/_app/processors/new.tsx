import { createFileRoute, redirect, useNavigate } from "@tanstack/react-router";
import { z } from "zod";
import { processorTypeQuery } from "@/api/catalog";
import { NewProcessor } from "@/features/processors/new-processor";
import { t } from "@/lib/texts";

const word = z.string().optional().catch(undefined);

export const Route = createFileRoute("/_app/processors/new")({
  validateSearch: z.object({ type: word, connector: word, stream: word }),
  staticData: { crumb: t.processors.add },
  beforeLoad: ({ search }) => {
    if (!search.type) throw redirect({ to: "/processors/catalog" });
  },
  loaderDeps: ({ search: { type } }) => ({ type }),
  loader: ({ context, deps }) => void (deps.type && context.client.prefetchQuery(processorTypeQuery(deps.type))),
  component: Page,
});

function Page() {
  const { type = "", connector, stream } = Route.useSearch();
  const navigate = useNavigate({ from: Route.fullPath });
  return (
    <NewProcessor
      key={type}
      type={type}
      sample={{ connector, stream }}
      onSample={(next) => void navigate({ search: (old) => ({ ...old, ...next }), replace: true })}
    />
  );
}

import { createFileRoute } from "@tanstack/react-router";
import { z } from "zod";
import { CreatePage } from "@/features/pipelines/create/create-page";
import { STEPS } from "@/features/pipelines/create/first-steps";
import { t } from "@/lib/texts";
import { pathTo } from "@/ui/to-link";

const search = z.object({
  at: z.enum(STEPS).optional().catch(undefined),
  step: z.string().optional().catch(undefined),
  stream: z.string().optional().catch(undefined),
  after: z.number().optional().catch(undefined),
});

export const Route = createFileRoute("/_app/pipelines/new")({
  validateSearch: search,
  staticData: { crumb: t.pipelines.new },
  component: Page,
});

function Page() {
  const place = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <CreatePage
      place={place}
      onPlace={(next) => void navigate({ search: next, replace: next.at === place.at })}
      onSaved={(name) => void navigate({ to: pathTo("/pipelines", name) })}
      onRun={(run) => void navigate({ to: pathTo("/runs", run) })}
    />
  );
}

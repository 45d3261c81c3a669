import { createFileRoute } from "@tanstack/react-router";
import { z } from "zod";
import { STATUSES, TRIGGERS } from "@/features/runs/list/choices";
import { RunListPage } from "@/features/runs/list/run-list-page";
import { SPANS } from "@/features/runs/list/spans";

const search = z.object({
  pipeline: z.string().optional().catch(undefined),
  status: z.array(z.enum(STATUSES)).optional().catch(undefined),
  trigger: z.array(z.enum(TRIGGERS)).optional().catch(undefined),
  span: z.enum(SPANS).optional().catch(undefined),
  schedule: z.string().optional().catch(undefined),
  q: z.string().optional().catch(undefined),
});

export const Route = createFileRoute("/_app/runs/")({ validateSearch: search, component: Page });

function Page() {
  const place = Route.useSearch();
  const navigate = Route.useNavigate();
  return <RunListPage place={place} onPlace={(next) => void navigate({ search: next, replace: true })} />;
}

import { useQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import { z } from "zod";
import { isLive, runQuery } from "@/api/runs";
import { LEVELS } from "@/features/runs/detail/levels";
import { RunPage } from "@/features/runs/detail/run-page";
import { TABS } from "@/features/runs/detail/tabs";
import { pathTo } from "@/ui/to-link";
import { QueryState } from "@/ui/query-state";

/** The event stream says what happens; this is for the case that it does not get through. */
const LIVE_POLL_MS = 5_000;

const search = z.object({
  tab: z.enum(TABS).optional().catch(undefined),
  level: z.enum(LEVELS).optional().catch(undefined),
  q: z.string().optional().catch(undefined),
  line: z.number().int().optional().catch(undefined),
});

export const Route = createFileRoute("/_app/runs/$id")({
  validateSearch: search,
  staticData: { crumb: (params) => (params["id"] ?? "").slice(0, 8) },
  component: Page,
});

function Page() {
  const { id } = Route.useParams();
  const { live } = Route.useRouteContext();
  const place = Route.useSearch();
  const navigate = Route.useNavigate();
  const query = useQuery({
    ...runQuery(id),
    refetchInterval: ({ state }) => (state.data && isLive(state.data) ? LIVE_POLL_MS : false),
  });
  return (
    <QueryState query={query}>
      {(run) => (
        <RunPage
          key={run.id}
          run={run}
          live={live}
          place={place}
          onPlace={(next) => void navigate({ search: next, replace: true })}
          onRun={(other) => void navigate({ to: pathTo("/runs", other) })}
        />
      )}
    </QueryState>
  );
}

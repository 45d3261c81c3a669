import { useQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import { z } from "zod";
import { pipelineQuery } from "@/api/pipelines";
import { PipelinePage } from "@/features/pipelines/pipeline-page";
import { TABS } from "@/features/pipelines/tabs";
import { RunTable } from "@/features/runs/list/run-table";
import { ScheduleCards } from "@/features/schedules/list/schedule-cards";
import { pathTo } from "@/ui/to-link";
import { QueryState } from "@/ui/query-state";

const search = z.object({
  tab: z.enum(TABS).optional().catch(undefined),
  view: z.enum(["graph", "form", "yaml"]).optional().catch(undefined),
  step: z.string().optional().catch(undefined),
  stream: z.string().optional().catch(undefined),
  after: z.number().optional().catch(undefined),
  version: z.number().optional().catch(undefined),
});

export const Route = createFileRoute("/_app/pipelines/$name")({
  validateSearch: search,
  staticData: { crumb: (params) => params["name"] ?? "" },
  component: Page,
});

function Page() {
  const { name } = Route.useParams();
  const place = Route.useSearch();
  const navigate = Route.useNavigate();
  const query = useQuery(pipelineQuery(name));
  return (
    <QueryState query={query}>
      {(pipeline) => (
        <PipelinePage
          key={pipeline.id}
          pipeline={pipeline}
          place={place}
          onPlace={(next) => void navigate({ search: next, replace: next.tab === place.tab })}
          onRun={(run) => void navigate({ to: pathTo("/runs", run) })}
          onGone={() => void navigate({ to: "/pipelines" })}
          onRenamed={(renamed) => void navigate({ to: pathTo("/pipelines", renamed) })}
          runs={<RunTable filter={{ pipeline: pipeline.id }} />}
          schedules={<ScheduleCards pipeline={pipeline.name} />}
        />
      )}
    </QueryState>
  );
}

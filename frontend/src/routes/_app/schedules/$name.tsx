import { useQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import { z } from "zod";
import { scheduleQuery } from "@/api/schedules";
import { SchedulePage } from "@/features/schedules/schedule-page";
import { QueryState } from "@/ui/query-state";

const search = z.object({
  tab: z.enum(["settings"]).optional().catch(undefined),
  month: z
    .string()
    .regex(/^\d{4}-\d{2}$/)
    .optional()
    .catch(undefined),
  day: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .optional()
    .catch(undefined),
  backfill: z.boolean().optional().catch(undefined),
});

export const Route = createFileRoute("/_app/schedules/$name")({
  validateSearch: search,
  staticData: { crumb: (params) => params["name"] ?? "" },
  component: Page,
});

function Page() {
  const { name } = Route.useParams();
  const place = Route.useSearch();
  const navigate = Route.useNavigate();
  const query = useQuery(scheduleQuery(name));
  return (
    <QueryState query={query}>
      {(schedule) => (
        <SchedulePage
          key={schedule.id}
          schedule={schedule}
          place={place}
          onPlace={(next) => void navigate({ search: next, replace: true })}
          onGone={() => void navigate({ to: "/schedules" })}
        />
      )}
    </QueryState>
  );
}

import { useQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import { z } from "zod";
import { quarantineFileQuery } from "@/api/quarantine";
import { RowsPage } from "@/features/quarantine/rows-page";
import { pathTo } from "@/ui/to-link";
import { QueryState } from "@/ui/query-state";

const search = z.object({
  rule: z.string().optional().catch(undefined),
  status: z.enum(["open", "replayed", "dismissed"]).optional().catch(undefined),
});

export const Route = createFileRoute("/_app/quarantine/$id")({
  validateSearch: search,
  staticData: { crumb: (params) => (params["id"] ?? "").slice(0, 8) },
  component: Page,
});

function Page() {
  const { id } = Route.useParams();
  const place = Route.useSearch();
  const navigate = Route.useNavigate();
  const query = useQuery(quarantineFileQuery(id));
  return (
    <QueryState query={query}>
      {(file) => (
        <RowsPage
          key={file.id}
          file={file}
          place={place}
          onPlace={(next) => void navigate({ search: next, replace: true })}
          onRun={(run) => void navigate({ to: pathTo("/runs", run) })}
        />
      )}
    </QueryState>
  );
}

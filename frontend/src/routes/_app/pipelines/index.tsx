import { createFileRoute } from "@tanstack/react-router";
import { z } from "zod";
import { PipelineList } from "@/features/pipelines/list/pipeline-list";
import { pathTo } from "@/ui/to-link";

const search = z.object({ q: z.string().optional().catch(undefined) });

export const Route = createFileRoute("/_app/pipelines/")({ validateSearch: search, component: Page });

function Page() {
  const { q = "" } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <PipelineList
      q={q}
      onSearch={(text) => void navigate({ search: { q: text || undefined }, replace: true })}
      onOpen={(pipeline) => void navigate({ to: pathTo("/pipelines", pipeline.name) })}
    />
  );
}

import { createFileRoute, useNavigate } from "@tanstack/react-router";
import { z } from "zod";
import { ProjectPage } from "@/features/project/project-page";
import { t } from "@/lib/texts";

export const Route = createFileRoute("/_app/project")({
  validateSearch: z.object({ side: z.enum(["export", "apply"]).optional().catch(undefined) }),
  staticData: { crumb: t.settings.project.title },
  component: Page,
});

function Page() {
  const { side = "export" } = Route.useSearch();
  const navigate = useNavigate({ from: Route.fullPath });
  return <ProjectPage side={side} onSide={(next) => void navigate({ search: { side: next } })} />;
}

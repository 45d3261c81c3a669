import { createFileRoute, useNavigate } from "@tanstack/react-router";
import { z } from "zod";
import { SECTIONS } from "@/features/settings/sections";
import { SettingsPage } from "@/features/settings/settings-page";
import { t } from "@/lib/texts";

export const Route = createFileRoute("/_app/settings/")({
  validateSearch: z.object({ tab: z.enum(SECTIONS).optional().catch(undefined) }),
  staticData: { crumb: t.common.nav.settings },
  component: Page,
});

function Page() {
  const { tab } = Route.useSearch();
  const navigate = useNavigate({ from: Route.fullPath });
  return <SettingsPage section={tab} onSection={(next) => void navigate({ search: { tab: next } })} />;
}

import { createFileRoute, Outlet } from "@tanstack/react-router";
import { t } from "@/lib/texts";

export const Route = createFileRoute("/_app/processors")({
  staticData: { crumb: t.common.nav.processors },
  component: Outlet,
});

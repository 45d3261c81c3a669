import { createFileRoute, Outlet } from "@tanstack/react-router";
import { t } from "@/lib/texts";

export const Route = createFileRoute("/_app/connectors")({
  staticData: { crumb: t.common.nav.connectors },
  component: Outlet,
});

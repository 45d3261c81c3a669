import { createFileRoute } from "@tanstack/react-router";
import { t } from "@/lib/texts";

export const Route = createFileRoute("/_app/schedules")({ staticData: { crumb: t.common.nav.schedules } });

import { createFileRoute } from "@tanstack/react-router";
import { t } from "@/lib/texts";

export const Route = createFileRoute("/_app/runs")({ staticData: { crumb: t.common.nav.runs } });

import { createFileRoute, useNavigate } from "@tanstack/react-router";
import { z } from "zod";
import { overviewQuery } from "@/api/overview";
import { HomePage } from "@/features/home/home-page";
import { t } from "@/lib/texts";

const WEEK = 7;
const search = z.object({ days: z.number().int().min(1).max(90).default(WEEK).catch(WEEK) });

export const Route = createFileRoute("/_app/")({
  validateSearch: search,
  staticData: { crumb: t.common.nav.home },
  loaderDeps: ({ search: { days } }) => ({ days }),
  loader: ({ context, deps }) => void context.client.prefetchQuery(overviewQuery(deps.days)),
  component: Page,
});

function Page() {
  const { days } = Route.useSearch();
  const navigate = useNavigate({ from: Route.fullPath });
  return <HomePage days={days} onDays={(next) => void navigate({ search: { days: next }, replace: true })} />;
}

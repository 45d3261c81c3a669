import { createFileRoute } from "@tanstack/react-router";
import { z } from "zod";
import { ComparePage } from "@/features/runs/compare/compare-page";
import { t } from "@/lib/texts";

const search = z.object({ a: z.string().optional().catch(undefined), b: z.string().optional().catch(undefined) });

export const Route = createFileRoute("/_app/runs/compare")({
  validateSearch: search,
  staticData: { crumb: t.runs.compare },
  component: Page,
});

function Page() {
  const { a, b } = Route.useSearch();
  return <ComparePage a={a} b={b} />;
}

import { createFileRoute } from "@tanstack/react-router";
import { t } from "@/lib/texts";
import { EmptyState } from "@/ui/empty-state";
import { PageHeader } from "@/ui/page-header";

export const Route = createFileRoute("/_app/schedules/")({
  staticData: { crumb: t.common.nav.schedules },
  component: Page,
});

function Page() {
  return (
    <>
      <PageHeader title={t.common.nav.schedules} />
      <EmptyState title={t.common.nothingHere} />
    </>
  );
}

import { createFileRoute } from "@tanstack/react-router";
import { t } from "@/lib/texts";
import { EmptyState } from "@/ui/empty-state";
import { PageHeader } from "@/ui/page-header";

export const Route = createFileRoute("/_app/pipelines/")({
  staticData: { crumb: t.common.nav.pipelines },
  component: Page,
});

function Page() {
  return (
    <>
      <PageHeader title={t.common.nav.pipelines} />
      <EmptyState title={t.common.nothingHere} />
    </>
  );
}

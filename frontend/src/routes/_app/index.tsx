import { createFileRoute } from "@tanstack/react-router";
import { t } from "@/lib/texts";
import { EmptyState } from "@/ui/empty-state";
import { PageHeader } from "@/ui/page-header";

export const Route = createFileRoute("/_app/")({ staticData: { crumb: t.common.nav.home }, component: Page });

function Page() {
  return (
    <>
      <PageHeader title={t.common.nav.home} />
      <EmptyState title={t.common.nothingHere} />
    </>
  );
}

import { createFileRoute } from "@tanstack/react-router";
import { z } from "zod";
import { QuarantineList } from "@/features/quarantine/quarantine-list";

const search = z.object({
  pipeline: z.string().optional().catch(undefined),
  run: z.string().optional().catch(undefined),
  open: z.boolean().optional().catch(undefined),
});

export const Route = createFileRoute("/_app/quarantine/")({ validateSearch: search, component: Page });

function Page() {
  const place = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <QuarantineList
      pipeline={place.pipeline}
      run={place.run}
      open={place.open ?? false}
      onOpenOnly={(open) => void navigate({ search: { ...place, open: open || undefined }, replace: true })}
    />
  );
}

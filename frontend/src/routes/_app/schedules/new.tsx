import { useMutation, useQueryClient } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import { z } from "zod";
import { createSchedule, scheduleKeys } from "@/api/schedules";
import type { Config } from "@/api/types";
import { cronOf, FIRST } from "@/features/schedules/edit/cron";
import { ScheduleForm } from "@/features/schedules/edit/schedule-form";
import { t } from "@/lib/texts";
import { PageHeader } from "@/ui/page-header";
import { pathTo } from "@/ui/to-link";
import { toastDone } from "@/ui/toast";

const search = z.object({ pipeline: z.string().optional().catch(undefined) });

export const Route = createFileRoute("/_app/schedules/new")({
  validateSearch: search,
  staticData: { crumb: t.schedules.new },
  component: Page,
});

function Page() {
  const { pipeline } = Route.useSearch();
  const navigate = Route.useNavigate();
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: ({ name, document }: { name: string; document: Config }) => createSchedule({ name, document }),
    onSuccess: async (saved) => {
      toastDone(t.schedules.saved(saved.name));
      await client.invalidateQueries({ queryKey: scheduleKeys.all });
      void navigate({ to: pathTo("/schedules", saved.name) });
    },
  });
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const first = {
    ...(pipeline === undefined ? {} : { pipeline }),
    cron: cronOf(FIRST),
    ...(zone === "UTC" ? {} : { timezone: zone }),
  };
  return (
    <>
      <PageHeader title={t.schedules.new} about={t.schedules.noneHint} />
      <ScheduleForm
        name=""
        document={first}
        busy={save.isPending}
        error={save.error}
        onSave={(name, document) => save.mutate({ name, document })}
      />
    </>
  );
}

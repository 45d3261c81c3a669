import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import { z } from "zod";
import { schedulesQuery } from "@/api/schedules";
import { NewSchedule, ScheduleCards } from "@/features/schedules/list/schedule-cards";
import { t } from "@/lib/texts";
import { PageHeader } from "@/ui/page-header";
import { SearchInput } from "@/ui/search-input";

const search = z.object({ q: z.string().optional().catch(undefined) });

export const Route = createFileRoute("/_app/schedules/")({ validateSearch: search, component: Page });

function Page() {
  const { q = "" } = Route.useSearch();
  const navigate = Route.useNavigate();
  const some = (useQuery(schedulesQuery()).data ?? []).length > 0;
  return (
    <>
      <PageHeader title={t.schedules.title} about={t.schedules.about} actions={<NewSchedule />} />
      <Stack gap="md">
        {(some || q !== "") && (
          <SearchInput
            value={q}
            label={t.schedules.search}
            onChange={(text) => void navigate({ search: { q: text || undefined }, replace: true })}
          />
        )}
        <ScheduleCards q={q} />
      </Stack>
    </>
  );
}

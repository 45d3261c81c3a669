import { Button, Group, Tabs } from "@mantine/core";
import { IconHistory, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { deleteSchedule, scheduleKeys, updateSchedule } from "@/api/schedules";
import type { Schedule } from "@/api/types";
import { t } from "@/lib/texts";
import { ConfirmByTyping } from "@/ui/confirm-by-typing";
import { PageHeader } from "@/ui/page-header";
import { StatusBadge } from "@/ui/status-badge";
import { pathTo, ToLink } from "@/ui/to-link";
import { toastDone } from "@/ui/toast";
import { Calendar } from "./calendar/calendar";
import { dayIn } from "@/features/schedules/calendar/month";
import { TabList } from "@/ui/tab-list";
import { BackfillDialog } from "./edit/backfill-dialog";
import { ScheduleForm } from "./edit/schedule-form";
import { PauseButton } from "./list/schedule-cards";

/** What of the page stands in the URL. */
export interface SchedulePlace {
  tab?: "settings" | undefined;
  month?: string | undefined;
  day?: string | undefined;
  /** The dialog for starts of the past is open. */
  backfill?: boolean | undefined;
}

interface Props {
  schedule: Schedule;
  place: SchedulePlace;
  onPlace: (place: SchedulePlace) => void;
  onGone: () => void;
}

/** One schedule: its calendar and its settings. */
export function SchedulePage({ schedule, place, onPlace, onGone }: Props) {
  const [asking, setAsking] = useState<"delete" | "backfill" | null>(place.backfill ? "backfill" : null);
  const client = useQueryClient();
  const closeBackfill = () => {
    setAsking(null);
    if (place.backfill) onPlace({ ...place, backfill: undefined });
  };
  const refresh = () => client.invalidateQueries({ queryKey: scheduleKeys.all });
  const save = useMutation({
    mutationFn: (document: Schedule["document"]) =>
      updateSchedule(schedule.id, { name: schedule.name, document }, schedule.revision),
    onSuccess: async () => {
      toastDone(t.schedules.saved(schedule.name));
      await refresh();
    },
  });
  const remove = useMutation({
    mutationFn: () => deleteSchedule(schedule.id),
    onSuccess: async () => {
      toastDone(t.common.deleted(schedule.name));
      onGone();
      await refresh();
    },
  });
  return (
    <>
      <PageHeader
        title={schedule.name}
        badge={
          <StatusBadge
            status={schedule.enabled ? "passed" : "paused"}
            label={schedule.enabled ? t.schedules.active : t.schedules.paused}
          />
        }
        about={
          <>
            {schedule.explanation} ·{" "}
            <ToLink to={pathTo("/pipelines", schedule.pipeline.name)}>{schedule.pipeline.name}</ToLink> ·{" "}
            <ToLink to="/runs" search={{ schedule: schedule.id }}>
              {t.schedules.itsRuns}
            </ToLink>
          </>
        }
        actions={
          <Group gap="sm">
            <PauseButton schedule={schedule} />
            <Button
              size="xs"
              variant="default"
              leftSection={<IconHistory size={14} aria-hidden />}
              onClick={() => setAsking("backfill")}
            >
              {t.schedules.backfill}
            </Button>
            <Button
              size="xs"
              variant="default"
              color="clay"
              leftSection={<IconTrash size={14} aria-hidden />}
              onClick={() => setAsking("delete")}
            >
              {t.common.delete}
            </Button>
          </Group>
        }
      />
      <Tabs
        value={place.tab ?? "calendar"}
        onChange={(tab) => onPlace({ ...place, tab: tab === "settings" ? "settings" : undefined })}
      >
        <TabList mb="md">
          <Tabs.Tab value="calendar">{t.schedules.calendar}</Tabs.Tab>
          <Tabs.Tab value="settings">{t.schedules.settings}</Tabs.Tab>
        </TabList>
        <Tabs.Panel value="calendar">
          <Calendar
            schedule={schedule}
            month={place.month ?? dayIn(new Date().toISOString(), schedule.timezone).slice(0, 7)}
            day={place.day ?? null}
            onChange={({ month, day }) => onPlace({ ...place, month, day: day ?? undefined })}
          />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <ScheduleForm
            key={schedule.revision}
            name={schedule.name}
            fixed
            document={schedule.document}
            busy={save.isPending}
            error={save.error}
            onSave={(_, document) => save.mutate(document)}
          />
        </Tabs.Panel>
      </Tabs>
      {asking === "backfill" && <BackfillDialog schedule={schedule} onClose={closeBackfill} />}
      <ConfirmByTyping
        opened={asking === "delete"}
        title={t.schedules.delete}
        word={schedule.name}
        action={t.schedules.delete}
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={() => setAsking(null)}
      >
        {t.schedules.deleteText(schedule.name)}
      </ConfirmByTyping>
    </>
  );
}

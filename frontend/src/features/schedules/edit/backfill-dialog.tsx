import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { backfill } from "@/api/schedules";
import type { Schedule } from "@/api/types";
import { asCurl } from "@/lib/copy-as";
import { t } from "@/lib/texts";
import { CopyAs } from "@/ui/copy-as";
import { ErrorState } from "@/ui/error-state";
import { dayAfter, dayIn, justBefore, midnightIn } from "@/features/schedules/calendar/month";
import { toastDone } from "@/ui/toast";
import classes from "./schedule.module.css";
import { momentIn } from "./schedule-form";

interface Props {
  schedule: Schedule;
  onClose: () => void;
}

const DAY_MS = 86_400_000;

/** Which starts of the past are made up for; shown before anything runs. */
export function BackfillDialog({ schedule, onClose }: Props) {
  const [from, setFrom] = useState(() => dayIn(new Date(Date.now() - 7 * DAY_MS).toISOString(), schedule.timezone));
  const [to, setTo] = useState(() => dayIn(new Date().toISOString(), schedule.timezone));
  const zone = schedule.timezone;
  // Whole days of the schedule's own zone, the last one included.
  const span = { from: midnightIn(from, zone), to: justBefore(midnightIn(dayAfter(to), zone)) };
  const look = useMutation({ mutationFn: () => backfill(schedule.id, { ...span, dry_run: true }) });
  const begin = useMutation({
    mutationFn: () => backfill(schedule.id, { ...span, dry_run: false }),
    onSuccess: (done) => {
      toastDone(t.schedules.backfilled(done.runs.length));
      onClose();
    },
  });
  const ticks = (look.data?.ticks ?? []).map((tick) => (typeof tick === "string" ? tick : tick.due_at));
  const change = (set: (value: string) => void) => (value: string) => {
    set(value);
    look.reset();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.schedules.backfillTitle(schedule.name)}
      closeButtonProps={{ "aria-label": t.common.close }}
    >
      <Stack>
        <Text size="sm">{t.schedules.backfillText}</Text>
        <Group grow>
          <TextInput
            type="date"
            label={t.schedules.from}
            value={from}
            onChange={(event) => change(setFrom)(event.currentTarget.value)}
          />
          <TextInput
            type="date"
            label={t.schedules.to}
            value={to}
            onChange={(event) => change(setTo)(event.currentTarget.value)}
          />
        </Group>
        {look.isSuccess && (
          <div role="status">
            <Text size="sm" fw={600}>
              {t.schedules.wouldRun(ticks.length)}
            </Text>
            <ol className={classes.next}>
              {ticks.slice(0, 20).map((tick) => (
                <li key={tick}>{momentIn(tick, schedule.timezone)}</li>
              ))}
            </ol>
          </div>
        )}
        {(look.isError || begin.isError) && <ErrorState error={look.error ?? begin.error} />}
        <Group justify="space-between">
          <CopyAs
            compact
            curl={() => asCurl("POST", `/api/schedules/${schedule.id}/backfill`, { ...span, dry_run: true })}
          />
          <Group gap="sm">
            <Button variant="default" loading={look.isPending} onClick={() => look.mutate()}>
              {t.schedules.dryRun}
            </Button>
            <Button disabled={ticks.length === 0} loading={begin.isPending} onClick={() => begin.mutate()}>
              {t.schedules.startBackfill(ticks.length)}
            </Button>
          </Group>
        </Group>
      </Stack>
    </Modal>
  );
}

import { Button, MultiSelect, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { pipelinesQuery } from "@/api/pipelines";
import type { RunFilter } from "@/api/runs";
import { schedulesQuery } from "@/api/schedules";
import type { RunStatus, Trigger } from "@/api/types";
import { t } from "@/lib/texts";
import { EmptyState } from "@/ui/empty-state";
import { PageHeader } from "@/ui/page-header";
import { SearchInput } from "@/ui/search-input";
import { STATUSES, TRIGGERS } from "./choices";
import { RunTable } from "./run-table";
import classes from "./runs.module.css";
import { sinceOf, SPANS, type Span } from "./spans";

/** What of the page stands in the URL. */
export interface RunListPlace {
  pipeline?: string | undefined;
  status?: RunStatus[] | undefined;
  trigger?: Trigger[] | undefined;
  span?: Span | undefined;
  schedule?: string | undefined;
  q?: string | undefined;
}

interface Props {
  place: RunListPlace;
  onPlace: (place: RunListPlace) => void;
}

export function RunListPage({ place, onPlace }: Props) {
  const pipelines = useQuery(pipelinesQuery());
  const schedules = useQuery({ ...schedulesQuery(), enabled: place.schedule !== undefined });
  const filtered = Object.values(place).some((value) => value !== undefined);
  return (
    <>
      <PageHeader
        title={t.runs.title}
        about={t.runs.about}
        actions={
          filtered && (
            <Button variant="subtle" onClick={() => onPlace({})}>
              {t.runs.clearFilters}
            </Button>
          )
        }
      />
      <div className={classes.filters}>
        <Select
          aria-label={t.runs.filter.pipeline}
          placeholder={t.runs.filter.pipeline}
          data={(pipelines.data ?? []).map((one) => one.name)}
          value={place.pipeline ?? null}
          searchable
          clearable
          onChange={(value) => onPlace({ ...place, pipeline: value ?? undefined })}
        />
        <MultiSelect
          aria-label={t.runs.filter.status}
          placeholder={place.status === undefined ? t.runs.filter.status : ""}
          data={STATUSES.map((value) => ({ value, label: t.common.status[value] ?? value }))}
          value={place.status ?? []}
          clearable
          onChange={(value) => onPlace({ ...place, status: value.length === 0 ? undefined : (value as RunStatus[]) })}
        />
        <MultiSelect
          aria-label={t.runs.filter.trigger}
          placeholder={place.trigger === undefined ? t.runs.filter.trigger : ""}
          data={TRIGGERS.map((value) => ({ value, label: t.runs.triggers[value] ?? value }))}
          value={place.trigger ?? []}
          clearable
          onChange={(value) => onPlace({ ...place, trigger: value.length === 0 ? undefined : (value as Trigger[]) })}
        />
        <Select
          aria-label={t.runs.filter.since}
          data={SPANS.map((value) => ({ value, label: t.runs.spans[value] }))}
          value={place.span ?? "all"}
          allowDeselect={false}
          onChange={(value) => onPlace({ ...place, span: value === "all" ? undefined : (value as Span) })}
        />
        {place.schedule !== undefined && (
          <Select
            aria-label={t.runs.filter.schedule}
            data={(schedules.data ?? []).map((one) => ({ value: one.id, label: one.name }))}
            value={place.schedule}
            clearable
            onChange={(value) => onPlace({ ...place, schedule: value ?? undefined })}
          />
        )}
        <SearchInput
          value={place.q ?? ""}
          label={t.runs.filter.q}
          onChange={(q) => onPlace({ ...place, q: q || undefined })}
        />
      </div>

      <RunTable
        key={JSON.stringify(place)}
        filter={filterOf(place)}
        empty={filtered ? <EmptyState title={t.common.noMatch} hint={t.runs.noMatchHint} /> : undefined}
      />
    </>
  );
}

function filterOf({ span, ...rest }: RunListPlace): RunFilter {
  const since = sinceOf(span, new Date());
  const given = Object.entries({ ...rest, ...(since === null ? {} : { since }) }).filter(
    ([, value]) => value !== undefined,
  );
  return Object.fromEntries(given) as RunFilter;
}

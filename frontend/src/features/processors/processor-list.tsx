import { Button } from "@mantine/core";
import { IconPlus, IconTransform } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { processorTypesQuery } from "@/api/catalog";
import { processorsQuery } from "@/api/processors";
import type { Processor } from "@/api/types";
import { t } from "@/lib/texts";
import { type Column, DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { RelativeTime } from "@/ui/moments";
import { PageHeader } from "@/ui/page-header";
import { Panel } from "@/ui/panel";
import { QueryState } from "@/ui/query-state";
import { SearchInput } from "@/ui/search-input";
import { pathTo, ToLink } from "@/ui/to-link";
import { TypeIcon } from "@/ui/type-icon";
import classes from "./processors.module.css";

interface Props {
  q: string;
  onSearch: (q: string) => void;
}

/** All saved processors. */
export function ProcessorList({ q, onSearch }: Props) {
  const list = useQuery(processorsQuery(q ? { q } : {}));
  const types = useQuery(processorTypesQuery());
  const navigate = useNavigate();
  const add = (
    <Button component={Link} to="/processors/catalog" leftSection={<IconPlus size={16} aria-hidden />}>
      {t.processors.add}
    </Button>
  );
  const columns: Column<Processor>[] = [
    {
      key: "name",
      header: t.common.name,
      cell: (row) => (
        <span className={classes.name}>
          <TypeIcon type={row.type} size={16} />
          <span>
            <ToLink to={pathTo("/processors", row.name)} className={classes.title}>
              {row.name}
            </ToLink>
            {row.description && <span className={classes.about}>{row.description}</span>}
          </span>
        </span>
      ),
    },
    {
      key: "type",
      header: t.common.type,
      cell: (row) => types.data?.find((one) => one.type === row.type)?.title ?? row.type,
    },
    { key: "used", header: t.common.usedBy, cell: (row) => t.common.pipelines(row.used_by.length) },
    { key: "updated", header: t.common.updated, wideOnly: true, cell: (row) => <RelativeTime at={row.updated_at} /> },
  ];
  return (
    <>
      <PageHeader title={t.common.nav.processors} about={t.processors.lead} actions={add} />
      <div className={classes.filter}>
        <SearchInput value={q} label={t.processors.searchLabel} onChange={onSearch} />
      </div>
      <Panel flush>
        <QueryState query={list}>
          {(rows) =>
            rows.length > 0 ? (
              <DataTable
                label={t.common.nav.processors}
                rows={rows}
                columns={columns}
                rowKey={(row) => row.id}
                onOpen={(row) => void navigate({ to: pathTo("/processors", row.name) })}
              />
            ) : q ? (
              <EmptyState title={t.common.noMatch} hint={t.common.noMatchHint} />
            ) : (
              <EmptyState
                icon={<IconTransform size={22} />}
                title={t.processors.emptyTitle}
                hint={t.processors.emptyHint}
                action={add}
              />
            )
          }
        </QueryState>
      </Panel>
    </>
  );
}

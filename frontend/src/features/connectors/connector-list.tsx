import { Button } from "@mantine/core";
import { IconPlugConnected, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { connectorTypesQuery } from "@/api/catalog";
import { connectorsQuery } from "@/api/connectors";
import type { Connector } from "@/api/types";
import { t } from "@/lib/texts";
import { type Column, DataTable } from "@/ui/data-table";
import { EmptyState } from "@/ui/empty-state";
import { RelativeTime } from "@/ui/moments";
import { PageHeader } from "@/ui/page-header";
import { Panel } from "@/ui/panel";
import { QueryState } from "@/ui/query-state";
import { SearchInput } from "@/ui/search-input";
import { StatusBadge } from "@/ui/status-badge";
import { pathTo, ToLink } from "@/ui/to-link";
import { TypeIcon } from "@/ui/type-icon";
import classes from "./connectors.module.css";

interface Props {
  q: string;
  onSearch: (q: string) => void;
}

/** All connectors. */
export function ConnectorList({ q, onSearch }: Props) {
  const list = useQuery(connectorsQuery(q ? { q } : {}));
  const types = useQuery(connectorTypesQuery());
  const navigate = useNavigate();
  const add = (
    <Button component={Link} to="/connectors/catalog" leftSection={<IconPlus size={16} aria-hidden />}>
      {t.connectors.add}
    </Button>
  );
  const columns: Column<Connector>[] = [
    { key: "name", header: t.common.name, cell: (row) => <Name row={row} /> },
    {
      key: "type",
      header: t.common.type,
      cell: (row) => types.data?.find((one) => one.type === row.type)?.title ?? row.type,
    },
    { key: "check", header: t.connectors.check, cell: (row) => <Check row={row} /> },
    { key: "used", header: t.common.usedBy, wideOnly: true, cell: (row) => t.common.pipelines(row.used_by.length) },
    { key: "updated", header: t.common.updated, wideOnly: true, cell: (row) => <RelativeTime at={row.updated_at} /> },
  ];
  return (
    <>
      <PageHeader title={t.common.nav.connectors} about={t.connectors.lead} actions={add} />
      <div className={classes.filter}>
        <SearchInput value={q} label={t.connectors.searchLabel} onChange={onSearch} />
      </div>
      <Panel flush>
        <QueryState query={list}>
          {(rows) =>
            rows.length > 0 ? (
              <DataTable
                label={t.common.nav.connectors}
                rows={rows}
                columns={columns}
                rowKey={(row) => row.id}
                onOpen={(row) => void navigate({ to: pathTo("/connectors", row.name) })}
              />
            ) : q ? (
              <EmptyState title={t.common.noMatch} hint={t.common.noMatchHint} />
            ) : (
              <EmptyState
                icon={<IconPlugConnected size={22} />}
                title={t.connectors.emptyTitle}
                hint={t.connectors.emptyHint}
                action={add}
              />
            )
          }
        </QueryState>
      </Panel>
    </>
  );
}

function Name({ row }: { row: Connector }) {
  return (
    <span className={classes.name}>
      <TypeIcon type={row.type} size={16} />
      <span>
        <ToLink to={pathTo("/connectors", row.name)} className={classes.title}>
          {row.name}
        </ToLink>
        {row.description && <span className={classes.about}>{row.description}</span>}
      </span>
    </span>
  );
}

function Check({ row }: { row: Connector }) {
  if (!row.last_check) return <StatusBadge status="idle" label={t.connectors.unchecked} />;
  const { ok, at } = row.last_check;
  return (
    <span className={classes.check}>
      <StatusBadge status={ok ? "passed" : "failed"} label={ok ? t.connectors.checkOk : t.connectors.checkBad} />
      <span className={classes.when}>
        <RelativeTime at={at} />
      </span>
    </span>
  );
}

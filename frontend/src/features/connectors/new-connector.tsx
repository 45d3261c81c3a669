import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { connectorTypeQuery } from "@/api/catalog";
import { t } from "@/lib/texts";
import { PageHeader } from "@/ui/page-header";
import { QueryState } from "@/ui/query-state";
import { pathTo } from "@/ui/to-link";
import { ConnectorEditor } from "./connector-editor";

/** A new connector of one type. */
export function NewConnector({ type }: { type: string }) {
  const detail = useQuery(connectorTypeQuery(type));
  const navigate = useNavigate();
  return (
    <QueryState query={detail}>
      {(known) => (
        <>
          <PageHeader title={t.connectors.newTitle(known.title)} about={known.description} />
          <ConnectorEditor
            type={known}
            onSaved={(saved) => void navigate({ to: pathTo("/connectors", saved.name), ignoreBlocker: true })}
          />
        </>
      )}
    </QueryState>
  );
}

import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { connectorTypeQuery } from "@/api/catalog";
import { t } from "@/lib/texts";
import { PageHeader } from "@/ui/page-header";
import { QueryState } from "@/ui/query-state";
import { pathTo } from "@/ui/to-link";
import { ConnectorEditor } from "./connector-editor";

interface Props {
  type: string;
  /** The pipeline that the connector was missing for goes on; without one its own page is shown. */
  then?: "pipeline" | undefined;
}

/** A new connector of one type. */
export function NewConnector({ type, then }: Props) {
  const detail = useQuery(connectorTypeQuery(type));
  const navigate = useNavigate();
  return (
    <QueryState query={detail}>
      {(known) => (
        <>
          <PageHeader title={t.connectors.newTitle(known.title)} about={known.description} />
          <ConnectorEditor
            type={known}
            onSaved={(saved) =>
              void navigate({
                to: then === "pipeline" ? "/pipelines/new" : pathTo("/connectors", saved.name),
                ignoreBlocker: true,
              })
            }
          />
        </>
      )}
    </QueryState>
  );
}

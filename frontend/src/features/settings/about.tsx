import { useQuery } from "@tanstack/react-query";
import { connectorTypesQuery, processorTypesQuery } from "@/api/catalog";
import { health } from "@/api/project";
import { sessionQuery } from "@/api/session";
import { formatCount } from "@/lib/format";
import { t } from "@/lib/texts";
import { KeyValue } from "@/ui/key-value";
import { Panel } from "@/ui/panel";
import { StatusBadge } from "@/ui/status-badge";
import { ToLink } from "@/ui/to-link";
import { SectionHead } from "./section-head";

const words = t.settings.about;
const OFTEN_MS = 15_000;

/** Version, health and where the rest is. */
export function About() {
  const session = useQuery(sessionQuery());
  const alive = useQuery({ queryKey: ["health"], queryFn: health, refetchInterval: OFTEN_MS, retry: false });
  const connectors = useQuery(connectorTypesQuery());
  const processors = useQuery(processorTypesQuery());
  return (
    <>
      <SectionHead lead={words.lead} />
      <Panel>
        <KeyValue
          items={[
            [words.version, session.data?.version ?? t.common.unknown],
            [
              words.server,
              <StatusBadge
                key="health"
                status={alive.isError ? "failed" : "passed"}
                label={alive.isError ? words.unhealthy : words.healthy}
              />,
            ],
            [words.connectorTypes, connectors.data ? formatCount(connectors.data.length) : null],
            [words.processorTypes, processors.data ? formatCount(processors.data.length) : null],
            [
              words.api,
              <a key="api" href="/api/openapi.json">
                {words.apiAbout}
              </a>,
            ],
            [
              words.project,
              <ToLink key="project" to="/project">
                {words.projectAbout}
              </ToLink>,
            ],
            [words.licence, "Apache-2.0"],
          ]}
        />
      </Panel>
    </>
  );
}

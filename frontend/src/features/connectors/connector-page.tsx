import { Button, Menu, Tabs } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDots, IconPlugConnected } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { connectorTypeQuery } from "@/api/catalog";
import { checkConnector, connectorKeys, connectorQuery, deleteConnector } from "@/api/connectors";
import type { Connector } from "@/api/types";
import { asCurl, asYaml, withReferences } from "@/lib/copy-as";
import { t } from "@/lib/texts";
import { ConfirmByTyping } from "@/ui/confirm-by-typing";
import { CopyAs } from "@/ui/copy-as";
import { Loading } from "@/ui/loading";
import { RelativeTime } from "@/ui/moments";
import { PageHeader } from "@/ui/page-header";
import { Panel } from "@/ui/panel";
import { QueryState } from "@/ui/query-state";
import { StatusBadge } from "@/ui/status-badge";
import { toastDone } from "@/ui/toast";
import { pathTo } from "@/ui/to-link";
import { TypeIcon } from "@/ui/type-icon";
import { TabList } from "@/ui/tab-list";
import { UsedBy } from "@/ui/used-by";
import { CheckReport } from "./check-report";
import { ConnectorEditor } from "./connector-editor";
import classes from "./connectors.module.css";
import type { Place, Tab } from "./place";
import { StreamBrowser } from "./stream-browser";

interface Props {
  name: string;
  place: Place;
  onPlace: (place: Partial<Place>) => void;
}

/** One connector: its streams, its settings, who uses it. */
export function ConnectorPage({ name, place, onPlace }: Props) {
  const query = useQuery(connectorQuery(name));
  return (
    <QueryState query={query}>
      {(connector) => <Shown connector={connector} place={place} onPlace={onPlace} />}
    </QueryState>
  );
}

function Shown({ connector, place, onPlace }: { connector: Connector } & Omit<Props, "name">) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const type = useQuery(connectorTypeQuery(connector.type));
  const check = useMutation({
    mutationFn: () => checkConnector(connector.id),
    onSettled: () => client.invalidateQueries({ queryKey: connectorKeys.detail(connector.name) }),
  });
  return (
    <>
      <PageHeader
        title={
          <span className={classes.heading}>
            <TypeIcon type={connector.type} /> {connector.name}
          </span>
        }
        badge={<CheckBadge connector={connector} />}
        about={connector.description || type.data?.description}
        actions={
          <>
            <Button
              variant="default"
              leftSection={<IconPlugConnected size={16} aria-hidden />}
              loading={check.isPending}
              onClick={() => check.mutate()}
            >
              {t.connectors.test}
            </Button>
            <CopyAs yaml={() => yamlOf(connector)} curl={() => curlOf(connector)} />
            <Deletion connector={connector} />
          </>
        }
      />
      {(check.isPending || check.data || check.error) && (
        <div className={classes.report}>
          <CheckReport result={check.data} error={check.error} busy={check.isPending} />
        </div>
      )}
      <Tabs value={place.tab} onChange={(tab) => onPlace({ tab: tab as Tab })}>
        <TabList mb="md">
          <Tabs.Tab value="streams">{t.connectors.tabs.streams}</Tabs.Tab>
          <Tabs.Tab value="settings">{t.connectors.tabs.settings}</Tabs.Tab>
          <Tabs.Tab value="usage">
            {t.connectors.tabs.usage} ({connector.used_by.length})
          </Tabs.Tab>
        </TabList>
        <Tabs.Panel value="streams">
          <StreamBrowser connector={connector} source={type.data?.source ?? true} place={place} onPlace={onPlace} />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          {type.data ? (
            <ConnectorEditor
              key={connector.revision}
              type={type.data}
              connector={connector}
              onSaved={(saved) => {
                if (saved.name !== connector.name) {
                  void navigate({ to: pathTo("/connectors", saved.name), search: { tab: "settings" } as never });
                }
              }}
            />
          ) : (
            <Loading />
          )}
        </Tabs.Panel>
        <Tabs.Panel value="usage">
          <Panel>
            <UsedBy pipelines={connector.used_by} />
          </Panel>
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function CheckBadge({ connector: { last_check: last } }: { connector: Connector }) {
  if (!last) return <StatusBadge status="idle" label={t.connectors.unchecked} />;
  return (
    <span className={classes.check}>
      <StatusBadge
        status={last.ok ? "passed" : "failed"}
        label={last.ok ? t.connectors.checkOk : t.connectors.checkBad}
      />
      <span className={classes.when}>
        {t.connectors.lastChecked} <RelativeTime at={last.at} />
      </span>
    </span>
  );
}

function Deletion({ connector }: { connector: Connector }) {
  const [opened, dialog] = useDisclosure();
  const client = useQueryClient();
  const navigate = useNavigate();
  const drop = useMutation({
    mutationFn: () => deleteConnector(connector.id),
    onSuccess: async () => {
      await navigate({ to: "/connectors" });
      client.removeQueries({ queryKey: connectorKeys.detail(connector.name) });
      void client.invalidateQueries({ queryKey: connectorKeys.all });
      toastDone(t.common.deleted(connector.name));
    },
  });
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" px="xs" aria-label={t.common.moreActions}>
            <IconDots size={16} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item color="clay" onClick={dialog.open}>
            {t.common.delete}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmByTyping
        opened={opened}
        title={t.connectors.deleteTitle(connector.name)}
        word={connector.name}
        action={t.common.delete}
        busy={drop.isPending}
        error={drop.error}
        onConfirm={() => drop.mutate()}
        onClose={dialog.close}
      >
        {t.connectors.deleteLead} {connector.used_by.length > 0 && t.connectors.deleteUsed(connector.used_by.length)}
      </ConfirmByTyping>
    </>
  );
}

const yamlOf = ({ name, type, config, secrets }: Connector): string =>
  asYaml({ connectors: { [name]: { type, config: withReferences(config, `connector.${name}`, secrets) } } });

const curlOf = ({ name, type, config, description }: Connector): string =>
  asCurl("PUT", pathTo("/api/connectors", name), { name, type, config, description });

import { Button, Menu, Tabs } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDots } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { processorTypeQuery } from "@/api/catalog";
import { deleteProcessor, processorKeys, processorQuery } from "@/api/processors";
import type { Processor } from "@/api/types";
import { asCurl, asYaml, withReferences } from "@/lib/copy-as";
import { t } from "@/lib/texts";
import { ConfirmByTyping } from "@/ui/confirm-by-typing";
import { CopyAs } from "@/ui/copy-as";
import { Loading } from "@/ui/loading";
import { PageHeader } from "@/ui/page-header";
import { Panel } from "@/ui/panel";
import { QueryState } from "@/ui/query-state";
import { toastDone } from "@/ui/toast";
import { pathTo } from "@/ui/to-link";
import { TypeIcon } from "@/ui/type-icon";
import { TabList } from "@/ui/tab-list";
import { UsedBy } from "@/ui/used-by";
import { ProcessorEditor } from "./processor-editor";
import classes from "./processors.module.css";
import type { Sample } from "./sample";

export type Tab = "settings" | "usage";

interface Props {
  name: string;
  tab: Tab;
  onTab: (tab: Tab) => void;
  sample: Sample;
  onSample: (sample: Sample) => void;
}

/** One saved processor: its settings and a trial, and who uses it. */
export function ProcessorPage({ name, ...rest }: Props) {
  const query = useQuery(processorQuery(name));
  return <QueryState query={query}>{(processor) => <Shown processor={processor} {...rest} />}</QueryState>;
}

function Shown({ processor, tab, onTab, sample, onSample }: { processor: Processor } & Omit<Props, "name">) {
  const type = useQuery(processorTypeQuery(processor.type));
  const navigate = useNavigate();
  return (
    <>
      <PageHeader
        title={
          <span className={classes.name}>
            <TypeIcon type={processor.type} /> {processor.name}
          </span>
        }
        about={processor.description || type.data?.description}
        actions={
          <>
            <CopyAs yaml={() => yamlOf(processor)} curl={() => curlOf(processor)} />
            <Deletion processor={processor} />
          </>
        }
      />
      <Tabs value={tab} onChange={(next) => onTab(next as Tab)}>
        <TabList mb="md">
          <Tabs.Tab value="settings">{t.processors.tabs.settings}</Tabs.Tab>
          <Tabs.Tab value="usage">
            {t.processors.tabs.usage} ({processor.used_by.length})
          </Tabs.Tab>
        </TabList>
        <Tabs.Panel value="settings">
          {type.data ? (
            <ProcessorEditor
              key={processor.revision}
              type={type.data}
              processor={processor}
              sample={sample}
              onSample={onSample}
              onSaved={(saved) => {
                if (saved.name !== processor.name) void navigate({ to: pathTo("/processors", saved.name) });
              }}
            />
          ) : (
            <Loading />
          )}
        </Tabs.Panel>
        <Tabs.Panel value="usage">
          <Panel>
            <UsedBy pipelines={processor.used_by} />
          </Panel>
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function Deletion({ processor }: { processor: Processor }) {
  const [opened, dialog] = useDisclosure();
  const client = useQueryClient();
  const navigate = useNavigate();
  const drop = useMutation({
    mutationFn: () => deleteProcessor(processor.id),
    onSuccess: async () => {
      await navigate({ to: "/processors" });
      client.removeQueries({ queryKey: processorKeys.detail(processor.name) });
      void client.invalidateQueries({ queryKey: processorKeys.all });
      toastDone(t.common.deleted(processor.name));
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
        title={t.processors.deleteTitle(processor.name)}
        word={processor.name}
        action={t.common.delete}
        busy={drop.isPending}
        error={drop.error}
        onConfirm={() => drop.mutate()}
        onClose={dialog.close}
      >
        {t.processors.deleteLead} {processor.used_by.length > 0 && t.connectors.deleteUsed(processor.used_by.length)}
      </ConfirmByTyping>
    </>
  );
}

const yamlOf = ({ name, type, config, secrets }: Processor): string =>
  asYaml({ processors: { [name]: { type, config: withReferences(config, `processor.${name}`, secrets) } } });

const curlOf = ({ name, type, config, description }: Processor): string =>
  asCurl("PUT", pathTo("/api/processors", name), { name, type, config, description });

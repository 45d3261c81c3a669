import { Tabs } from "@mantine/core";
import { t } from "@/lib/texts";
import { PageHeader } from "@/ui/page-header";
import { TabList } from "@/ui/tab-list";
import { Apply } from "./apply";
import { Export } from "./export";

export type Side = "export" | "apply";

/** The whole configuration as one file: out, and in. */
export function ProjectPage({ side, onSide }: { side: Side; onSide: (side: Side) => void }) {
  return (
    <>
      <PageHeader title={t.settings.project.title} about={t.settings.project.lead} />
      <Tabs value={side} onChange={(next) => onSide(next as Side)}>
        <TabList mb="md">
          <Tabs.Tab value="export">{t.settings.project.export}</Tabs.Tab>
          <Tabs.Tab value="apply">{t.settings.project.apply}</Tabs.Tab>
        </TabList>
        <Tabs.Panel value="export">
          <Export />
        </Tabs.Panel>
        <Tabs.Panel value="apply">
          <Apply />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

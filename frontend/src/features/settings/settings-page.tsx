import { Tabs } from "@mantine/core";
import { t } from "@/lib/texts";
import { PageHeader } from "@/ui/page-header";
import { About } from "./about";
import { Account } from "./account";
import { SECTIONS, type Section } from "./sections";
import { Secrets } from "./secrets";
import { Tokens } from "./tokens";
import { Users } from "./users";

const PANELS: Record<Section, () => React.ReactNode> = {
  users: () => <Users />,
  tokens: () => <Tokens />,
  secrets: () => <Secrets />,
  account: () => <Account />,
  about: () => <About />,
};

/** Users, tokens, secrets, the own account, and what runs here. */
export function SettingsPage({ section, onSection }: { section: Section; onSection: (section: Section) => void }) {
  return (
    <>
      <PageHeader title={t.common.nav.settings} />
      <Tabs value={section} onChange={(next) => onSection(next as Section)}>
        <Tabs.List mb="md">
          {SECTIONS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t.settings.tabs[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {SECTIONS.map((one) => (
          <Tabs.Panel key={one} value={one}>
            {PANELS[one]()}
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}

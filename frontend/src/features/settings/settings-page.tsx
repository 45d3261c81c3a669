import { Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { sessionQuery } from "@/api/session";
import { t } from "@/lib/texts";
import { PageHeader } from "@/ui/page-header";
import { TabList } from "@/ui/tab-list";
import { About } from "./about";
import { Account } from "./account";
import { type Section, sectionsFor } from "./sections";
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

interface Props {
  section: Section | undefined;
  onSection: (section: Section) => void;
}

/** Users, tokens, secrets, the own account, and what runs here. */
export function SettingsPage({ section: asked, onSection }: Props) {
  const session = useQuery(sessionQuery());
  const sections = sectionsFor(session.data?.user.role ?? "viewer");
  const section = asked !== undefined && sections.includes(asked) ? asked : sections[0];
  return (
    <>
      <PageHeader title={t.common.nav.settings} />
      <Tabs value={section ?? null} onChange={(next) => onSection(next as Section)}>
        <TabList mb="md">
          {sections.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t.settings.tabs[one]}
            </Tabs.Tab>
          ))}
        </TabList>
        {sections.map((one) => (
          <Tabs.Panel key={one} value={one}>
            {PANELS[one]()}
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}

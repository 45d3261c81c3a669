import { ActionIcon, type MantineColorScheme, Menu, useMantineColorScheme } from "@mantine/core";
import { IconUser } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { sessionQuery, signOut } from "@/api/session";
import { t } from "@/lib/texts";
import { toastFailed } from "@/ui/toast";

const SCHEMES = ["light", "dark", "auto"] as const;

/** Who is signed in, how it looks, and the way out. */
export function AccountMenu() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const session = useQuery(sessionQuery());
  const client = useQueryClient();
  const navigate = useNavigate();
  const leave = useMutation({
    mutationFn: signOut,
    onSuccess: async () => {
      await navigate({ to: "/sign-in" });
      client.clear();
    },
    onError: (error) => toastFailed(error),
  });
  const user = session.data?.user;
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon size="lg" aria-label={t.common.account.menu}>
          <IconUser size={20} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {user && (
          <Menu.Label>
            {t.common.account.signedInAs} {user.name || user.email}
          </Menu.Label>
        )}
        <Menu.Divider />
        <Menu.Label>{t.common.theme.label}</Menu.Label>
        <Menu.RadioGroup value={colorScheme} onChange={(scheme) => setColorScheme(scheme as MantineColorScheme)}>
          {SCHEMES.map((scheme) => (
            <Menu.RadioItem key={scheme} value={scheme}>
              {t.common.theme[scheme]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item onClick={() => leave.mutate()}>{t.common.account.signOut}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

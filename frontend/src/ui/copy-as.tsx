import { Button, Menu } from "@mantine/core";
import { IconCopy } from "@tabler/icons-react";
import { t } from "@/lib/texts";
import { toastDone, toastFailed } from "./toast";

interface Props {
  /** Text per kind; what is missing is not offered. Functions, since most menus are never opened. */
  yaml?: () => string;
  curl?: () => string;
  compact?: boolean;
}

/** Every action can show its YAML and its curl. */
export function CopyAs({ yaml, curl, compact = false }: Props) {
  const copy = async (make: () => string) => {
    try {
      await navigator.clipboard.writeText(make());
      toastDone(t.common.copied);
    } catch (error) {
      toastFailed(error);
    }
  };
  return (
    <Menu>
      <Menu.Target>
        <Button variant="default" size={compact ? "xs" : "sm"} leftSection={<IconCopy size={16} aria-hidden />}>
          {t.common.copyAs}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {yaml && <Menu.Item onClick={() => void copy(yaml)}>{t.common.copyYaml}</Menu.Item>}
        {curl && <Menu.Item onClick={() => void copy(curl)}>{t.common.copyCurl}</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  );
}

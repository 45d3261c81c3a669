import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { t } from "@/lib/texts";

interface Props {
  opened: boolean;
  count: number;
  onConfirm: () => void;
  onClose: () => void;
}

/** Hours of work may be thrown away: it asks first, and says what stays. */
export function CancelDialog({ opened, count, onConfirm, onClose }: Props) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t.runs.cancelTitle(count)}
      closeButtonProps={{ "aria-label": t.common.close }}
    >
      <Stack>
        <Text size="sm">{t.runs.cancelText}</Text>
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t.runs.letGoOn(count)}
          </Button>
          <Button color="clay" onClick={onConfirm} data-autofocus>
            {t.runs.cancelTitle(count)}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

import { ActionIcon, Tooltip } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import type { Node, NodeProps } from "@xyflow/react";
import { t } from "@/lib/texts";

export interface InsertData extends Record<string, unknown> {
  readonly place: number;
  readonly onInsert: (place: number) => void;
}

export type InsertNode = Node<InsertData, "insert">;

/** Adds a processor between two steps. */
export function CanvasInsert({ data }: NodeProps<InsertNode>) {
  const label = t.graph.insert(data.place + 1);
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" radius="xl" size={28} aria-label={label} onClick={() => data.onInsert(data.place)}>
        <IconPlus size={15} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

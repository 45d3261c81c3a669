import { Button } from "@mantine/core";
import { IconMapQuestion } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { t } from "@/lib/texts";
import { EmptyState } from "./empty-state";

export function NotFound({ about }: { about?: string }) {
  return (
    <EmptyState
      icon={<IconMapQuestion size={22} />}
      title={about || t.common.notFound}
      hint={t.common.notFoundHint}
      action={
        <Button component={Link} to="/" variant="default">
          {t.common.toHome}
        </Button>
      }
    />
  );
}

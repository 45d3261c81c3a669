import { Skeleton, Stack, VisuallyHidden } from "@mantine/core";
import { t } from "@/lib/texts";

/** The shape of a page that is on its way. */
export function Loading({ lines = 5 }: { lines?: number }) {
  return (
    <Stack gap="sm" role="status">
      <VisuallyHidden>{t.common.loading}</VisuallyHidden>
      {Array.from({ length: lines }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: grey bars have no identity
        <Skeleton key={index} height={index === 0 ? 28 : 40} width={index === 0 ? "40%" : "100%"} />
      ))}
    </Stack>
  );
}

import { useDisclosure } from "@mantine/hooks";
import { IconChevronRight } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { t } from "@/lib/texts";
import classes from "./forms.module.css";

interface Props {
  title: string;
  count: number;
  /** Whether it begins open. */
  open?: boolean;
  children: ReactNode;
}

/** Settings that few need, behind their title. */
export function Fold({ title, count, open = false, children }: Props) {
  const [opened, { toggle }] = useDisclosure(open);
  return (
    <section className={classes.fold}>
      <button type="button" className={classes.foldHead} aria-expanded={opened} onClick={toggle}>
        <IconChevronRight size={16} aria-hidden data-open={opened || undefined} />
        {title} <span className={classes.count}>{t.common.settingsCount(count)}</span>
      </button>
      <div hidden={!opened} className={classes.foldBody}>
        {children}
      </div>
    </section>
  );
}

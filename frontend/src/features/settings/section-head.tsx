import type { ReactNode } from "react";
import classes from "./settings.module.css";

export function SectionHead({ lead, action }: { lead: string; action?: ReactNode }) {
  return (
    <div className={classes.head}>
      <p>{lead}</p>
      {action}
    </div>
  );
}

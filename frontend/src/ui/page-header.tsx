import type { ReactNode } from "react";
import classes from "./page-header.module.css";

interface Props {
  title: ReactNode;
  /** One sentence under the title, or facts about the thing shown. */
  about?: ReactNode;
  /** Beside the title: a status. */
  badge?: ReactNode;
  actions?: ReactNode;
}

/** The head of every page: one h1, what it is, what can be done. */
export function PageHeader({ title, about, badge, actions }: Props) {
  return (
    <header className={classes.header}>
      <div className={classes.words}>
        <div className={classes.line}>
          <h1 className={classes.title}>{title}</h1>
          {badge}
        </div>
        {about !== undefined && <div className={classes.about}>{about}</div>}
      </div>
      {actions !== undefined && <div className={classes.actions}>{actions}</div>}
    </header>
  );
}

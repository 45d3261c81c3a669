import type { ReactNode } from "react";
import classes from "./panel.module.css";

interface Props {
  title?: ReactNode;
  /** To the right of the title. */
  aside?: ReactNode;
  /** No inner space: for tables and lists that reach the edge. */
  flush?: boolean;
  children: ReactNode;
}

/** A titled part of a page on its own surface. */
export function Panel({ title, aside, flush = false, children }: Props) {
  return (
    <section className={classes.panel}>
      {(title !== undefined || aside !== undefined) && (
        <div className={classes.head}>
          {title !== undefined ? <h2 className={classes.title}>{title}</h2> : <span />}
          {aside !== undefined && <div className={classes.aside}>{aside}</div>}
        </div>
      )}
      <div className={flush ? classes.flush : classes.body}>{children}</div>
    </section>
  );
}

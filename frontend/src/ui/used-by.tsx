import { t } from "@/lib/texts";
import { EmptyState } from "./empty-state";
import { pathTo, ToLink } from "./to-link";
import classes from "./used-by.module.css";

/** The pipelines that use a thing. */
export function UsedBy({ pipelines }: { pipelines: readonly { id: string; name: string }[] }) {
  if (pipelines.length === 0) return <EmptyState title={t.common.unused} />;
  return (
    <ul className={classes.list}>
      {pipelines.map((one) => (
        <li key={one.id}>
          <ToLink to={pathTo("/pipelines", one.name)}>{one.name}</ToLink>
        </li>
      ))}
    </ul>
  );
}

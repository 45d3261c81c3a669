import { Link, useMatches } from "@tanstack/react-router";
import { t } from "@/lib/texts";
import classes from "./shell.module.css";

/** The way from the top to this page, from the `crumb` that each route states. */
export function Breadcrumb() {
  const crumbs = useMatches({
    select: (matches) =>
      matches.flatMap(({ pathname, staticData, params }) => {
        const { crumb } = staticData;
        if (!crumb) return [];
        return [{ pathname, label: typeof crumb === "function" ? crumb(params as Record<string, string>) : crumb }];
      }),
    structuralSharing: true,
  });
  return (
    <nav aria-label={t.common.breadcrumb} className={classes.crumbs}>
      <ol>
        {crumbs.map(({ pathname, label }, index) => (
          <li key={pathname + label}>
            {index < crumbs.length - 1 ? <Link to={pathname}>{label}</Link> : <span aria-current="page">{label}</span>}
          </li>
        ))}
      </ol>
    </nav>
  );
}

import type { Overview } from "@/api/types";
import { t } from "@/lib/texts";
import { HealthBars } from "@/ui/health-bars";
import { RelativeTime } from "@/ui/moments";
import { Panel } from "@/ui/panel";
import { StatusBadge } from "@/ui/status-badge";
import { pathTo, ToLink } from "@/ui/to-link";
import classes from "./home.module.css";

/** How each pipeline has been, run by run. */
export function Health({ pipelines }: { pipelines: Overview["pipelines"] }) {
  return (
    <Panel title={t.home.health} aside={t.home.lastRuns} flush>
      <ul className={classes.health}>
        {pipelines.map((pipeline) => {
          const last = pipeline.recent.at(-1);
          return (
            <li key={pipeline.id} className={classes.healthRow}>
              <div className={classes.healthName}>
                <ToLink to={pathTo("/pipelines", pipeline.name)} className={classes.longName} title={pipeline.name}>
                  {pipeline.name}
                </ToLink>
                <span className={classes.when}>
                  {last?.started_at ? <RelativeTime at={last.started_at} /> : t.common.status.none}
                </span>
              </div>
              {pipeline.recent.length > 0 ? (
                <HealthBars label={t.home.healthOf(pipeline.name)} runs={pipeline.recent} />
              ) : (
                <span />
              )}
              <div className={classes.healthState}>{last && <StatusBadge status={last.status} />}</div>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

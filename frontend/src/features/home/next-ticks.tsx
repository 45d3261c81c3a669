import type { Overview } from "@/api/types";
import { formatMoment } from "@/lib/format";
import { t } from "@/lib/texts";
import { RelativeTime } from "@/ui/moments";
import { Panel } from "@/ui/panel";
import { pathTo, ToLink } from "@/ui/to-link";
import classes from "./home.module.css";

/** The ticks that come next. */
export function NextTicks({ next }: { next: Overview["next"] }) {
  return (
    <Panel title={t.home.next} aside={<ToLink to="/schedules">{t.common.nav.schedules}</ToLink>}>
      {next.length === 0 ? (
        <p className={classes.quiet}>
          {t.home.nextNone} <ToLink to="/schedules">{t.home.addSchedule}</ToLink>
        </p>
      ) : (
        <ol className={classes.ticks}>
          {next.map((tick) => (
            <li key={`${tick.schedule.id}${tick.due_at}`}>
              <span className={classes.due}>
                <RelativeTime at={tick.due_at} />
              </span>
              <span>
                <ToLink to={pathTo("/pipelines", tick.pipeline.name)} className={classes.name}>
                  {tick.pipeline.name}
                </ToLink>{" "}
                <span className={classes.when}>
                  {tick.schedule.name}, {formatMoment(tick.due_at)}
                </span>
              </span>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

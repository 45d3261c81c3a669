import type { ReactNode } from "react";
import type { Change } from "@/api/types";
import { t } from "@/lib/texts";
import { Diff } from "@/ui/diff";
import { Panel } from "@/ui/panel";
import { StatusBadge } from "@/ui/status-badge";
import type { Tone } from "@/ui/status";
import classes from "./project.module.css";

const TONES: Record<Change["action"], Tone> = { create: "good", update: "busy", delete: "bad", none: "idle" };
const words = t.settings.project;

/** What applying a file would change, thing by thing. */
export function Changes({ changes, children }: { changes: readonly Change[]; children: ReactNode }) {
  const real = changes.filter((change) => change.action !== "none");
  const same = changes.length - real.length;
  return (
    <Panel title={words.changes} aside={children}>
      {real.length === 0 && <p className={classes.quiet}>{words.nothing}</p>}
      <ul className={classes.changes}>
        {real.map((change) => (
          <li key={`${change.kind}/${change.name}`}>
            <div className={classes.change}>
              <StatusBadge
                status={change.action}
                tone={TONES[change.action]}
                label={words.actions[change.action] ?? change.action}
              />
              <span>
                {change.kind} <strong>{change.name}</strong>
              </span>
            </div>
            {change.diff && <Diff text={change.diff} label={`${change.kind} ${change.name}`} />}
          </li>
        ))}
      </ul>
      {real.length > 0 && same > 0 && <p className={classes.quiet}>{words.same(same)}</p>}
    </Panel>
  );
}

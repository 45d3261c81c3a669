import type { ReactNode } from "react";
import type { Change } from "@/api/types";
import { t } from "@/lib/texts";
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
            {change.diff && <Diff text={change.diff} />}
          </li>
        ))}
      </ul>
      {real.length > 0 && same > 0 && <p className={classes.quiet}>{words.same(same)}</p>}
    </Panel>
  );
}

function Diff({ text }: { text: string }) {
  return (
    // A region that scrolls has to be reachable by keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <pre className={classes.diff} tabIndex={0}>
      {text.split("\n").map((line, at) => (
        // Lines of one text never move.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <span key={at} data-kind={line.startsWith("+") ? "in" : line.startsWith("-") ? "out" : undefined}>
          {line}
          {"\n"}
        </span>
      ))}
    </pre>
  );
}

import classes from "./diff.module.css";

/** A unified diff; the signs stay, so that colour is not all that tells. */
export function Diff({ text, label }: { text: string; label: string }) {
  const lines = text
    .replace(/\n$/, "")
    .split("\n")
    .filter((line) => !/^(---|\+\+\+) /.test(line));
  return (
    // A region that scrolls has to be reachable by keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <pre className={classes.diff} tabIndex={0} role="region" aria-label={label}>
      {lines.map((line, at) => (
        // Lines of one diff never move.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <span key={at} className={classes.line} data-sign={line.charAt(0)}>
          {line || " "}
        </span>
      ))}
    </pre>
  );
}

import { Fragment } from "react";

const BEHIND = /(?<=[._/:\-])(?=.)/;

/** A name of any length: it breaks behind its separators, and inside a word only where no line is wide enough. */
export function LongName({ name }: { name: string }) {
  return name.split(BEHIND).map((part, at) => (
    // Parts of one name never move.
    // biome-ignore lint/suspicious/noArrayIndexKey: see above
    <Fragment key={at}>
      {at > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}

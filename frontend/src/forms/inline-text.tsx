/** A sentence of a schema: what stands between backticks is code. */
export function InlineText({ text }: { text: string }) {
  return (
    <>
      {text.split("`").map((part, index) =>
        // Parts of one sentence never move.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        index % 2 ? <code key={index}>{part}</code> : part,
      )}
    </>
  );
}

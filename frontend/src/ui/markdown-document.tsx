import ReactMarkdown from "react-markdown";
import remarkGfm from "remark-gfm";

const PLUGINS = [remarkGfm];

/** Markdown with tables. A link to another page of the documentation is text here: that page is not part of this one. */
export default function MarkdownDocument({ text }: { text: string }) {
  return (
    <ReactMarkdown
      remarkPlugins={PLUGINS}
      components={{
        // The page has its h1; the document's own sections come below it.
        h1: ({ children }) => <h2>{children}</h2>,
        h2: ({ children }) => <h3>{children}</h3>,
        h3: ({ children }) => <h4>{children}</h4>,
        pre: ({ children }) => (
          // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          <pre tabIndex={0}>{children}</pre>
        ),
        // A region that scrolls has to be reachable by keyboard.
        table: ({ children }) => (
          // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          <table tabIndex={0}>{children}</table>
        ),
        a: ({ href, children }) =>
          href?.startsWith("http") ? (
            <a href={href} target="_blank" rel="noreferrer">
              {children}
            </a>
          ) : (
            <span>{children}</span>
          ),
      }}
    >
      {text}
    </ReactMarkdown>
  );
}

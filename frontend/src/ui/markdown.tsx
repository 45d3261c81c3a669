import { Skeleton } from "@mantine/core";
import { lazy, Suspense } from "react";
import classes from "./markdown.module.css";

const ReactMarkdown = lazy(() => import("react-markdown"));

/** Documentation of a plugin; HTML in it is shown as text, never run. */
export function Markdown({ text }: { text: string }) {
  return (
    <Suspense fallback={<Skeleton height={240} />}>
      <div className={classes.prose}>
        <ReactMarkdown
          components={{
            // The page has its h1; the document's own sections come below it.
            h1: ({ children }) => <h2>{children}</h2>,
            h2: ({ children }) => <h3>{children}</h3>,
            h3: ({ children }) => <h4>{children}</h4>,
            pre: ({ children }) => (
              // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
              <pre tabIndex={0}>{children}</pre>
            ),
          }}
        >
          {text}
        </ReactMarkdown>
      </div>
    </Suspense>
  );
}

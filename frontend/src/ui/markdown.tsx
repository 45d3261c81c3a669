import { Skeleton } from "@mantine/core";
import { lazy, Suspense } from "react";
import classes from "./markdown.module.css";

const Document = lazy(() => import("./markdown-document"));

/** Documentation of a plugin; HTML in it is shown as text, never run. */
export function Markdown({ text }: { text: string }) {
  return (
    <Suspense fallback={<Skeleton height={240} />}>
      <div className={classes.prose}>
        <Document text={text} />
      </div>
    </Suspense>
  );
}

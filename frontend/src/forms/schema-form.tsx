import { lazy, Suspense } from "react";
import { Loading } from "@/ui/loading";
import type { SchemaFormProps } from "./json-schema-form";

const Form = lazy(() => import("./json-schema-form"));

/** The form of a plugin's settings, fetched when the first one is drawn. */
export function SchemaForm(props: SchemaFormProps) {
  return (
    <Suspense fallback={<Loading lines={4} />}>
      <Form {...props} />
    </Suspense>
  );
}

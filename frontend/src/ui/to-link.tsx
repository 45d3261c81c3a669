import { Link } from "@tanstack/react-router";
import type { ComponentProps } from "react";

interface Props extends Omit<ComponentProps<"a">, "href"> {
  /** An address of this application, parts encoded. */
  to: string;
  search?: Record<string, unknown>;
}

/** A link to a page whose address is put together at run time. */
export function ToLink({ to, search, ...rest }: Props) {
  return <Link to={to} {...(search ? { search: search as never } : {})} {...rest} />;
}

/** A path with a name in it: names hold dots, slashes and spaces. */
export const pathTo = (base: string, name: string): string => `${base}/${encodeURIComponent(name)}`;

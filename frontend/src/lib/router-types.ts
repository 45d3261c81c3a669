import "@tanstack/react-router";

/** What a route says of itself, for the breadcrumb: a text, or one made of the path's parameters. */
export type Crumb = string | ((params: Record<string, string>) => string);

declare module "@tanstack/react-router" {
  interface StaticDataRouteOption {
    crumb?: Crumb;
  }
}

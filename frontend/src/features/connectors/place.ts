export type Tab = "streams" | "settings" | "usage";
export type View = "columns" | "rows" | "profile";

/** Where somebody stands on the page of a connector; all of it is in the address. */
export interface Place {
  tab: Tab;
  q: string;
  stream?: string | undefined;
  view: View;
}

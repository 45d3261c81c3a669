/** The tabs of a run's page. Apart from the page, so that the route knows them without loading it. */

export const TABS = ["overview", "timeline", "logs", "checks", "schema", "proof", "resources", "document"] as const;
export type RunTab = (typeof TABS)[number];

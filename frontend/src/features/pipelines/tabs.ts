/** The tabs of a pipeline's page. Apart from the page, so that the route knows them without loading it. */

export const TABS = ["edit", "plan", "runs", "state", "versions", "schedules"] as const;
export type Tab = (typeof TABS)[number];

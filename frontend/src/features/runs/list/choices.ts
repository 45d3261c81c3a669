/** What the list of runs can be narrowed to. Apart from the page, so that the route knows it without loading it. */

export const STATUSES = ["queued", "running", "retrying", "cancelling", "succeeded", "failed", "cancelled"] as const;
export const TRIGGERS = ["manual", "api", "schedule", "after", "retry", "replay", "backfill"] as const;

/** The way of a newcomer from nothing to a pipeline that runs. Pure. */

import { items, type PipelineDocument, stepAt, text } from "@/lib/pipeline-document";

export const STEPS = ["source", "streams", "processors", "destination", "preview", "save"] as const;
export type CreateStep = (typeof STEPS)[number];

/** The furthest step that can be looked at: everything before it says what it must. */
export function furthest(document: PipelineDocument): CreateStep {
  if (items(document, "sources").length === 0) return "source";
  return items(document, "destinations").length === 0 ? "destination" : "save";
}

export function mayOpen(document: PipelineDocument, step: CreateStep): boolean {
  return STEPS.indexOf(step) <= STEPS.indexOf(furthest(document));
}

export function neighbour(step: CreateStep, by: 1 | -1): CreateStep | null {
  return STEPS[STEPS.indexOf(step) + by] ?? null;
}

/** A name to begin with: from where to where. */
export function suggestedName(document: PipelineDocument, taken: readonly string[]): string {
  const of = (section: "sources" | "destinations") => {
    const step = stepAt(document, section, 0);
    return text(step["connector"]) ?? text(step["type"]) ?? "";
  };
  const base =
    [of("sources"), of("destinations")]
      .filter(Boolean)
      .join("_to_")
      .replace(/[^\w.-]/g, "_")
      .slice(0, 90) || "pipeline";
  if (!taken.includes(base)) return base;
  for (let number = 2; ; number += 1) if (!taken.includes(`${base}_${number}`)) return `${base}_${number}`;
}

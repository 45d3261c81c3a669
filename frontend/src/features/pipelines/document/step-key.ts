/** How the URL, the graph and problems name a step: `source:0`, `processor:2`, `destination:0`. */

import type { Finding } from "@/api/problem";
import { parsePath, withinPipeline } from "@/lib/document-path";
import type { Section } from "@/lib/pipeline-document";

export type StepKind = "source" | "processor" | "destination";

export interface StepKey {
  readonly kind: StepKind;
  readonly index: number;
}

export const SECTION: Readonly<Record<StepKind, Section>> = {
  source: "sources",
  processor: "processors",
  destination: "destinations",
};

const KIND: Readonly<Record<string, StepKind>> = {
  sources: "source",
  processors: "processor",
  destinations: "destination",
};

export const writeStepKey = ({ kind, index }: StepKey): string => `${kind}:${index}`;

export function readStepKey(text: string | undefined): StepKey | null {
  const found = /^(source|processor|destination):(\d+)$/.exec(text ?? "");
  return found === null ? null : { kind: found[1] as StepKind, index: Number(found[2]) };
}

/** The step that a problem is about; null when it is about the pipeline itself. */
export function stepOfProblem(path: string): StepKey | null {
  const [section, index] = withinPipeline(parsePath(path));
  const kind = typeof section === "string" ? KIND[section] : undefined;
  return kind === undefined || typeof index !== "number" ? null : { kind, index };
}

/** What is wrong inside of the step, with paths that begin at the step: `config.where`. */
export function problemsOfStep(problems: readonly Finding[], step: StepKey): readonly Finding[] {
  return problems.filter((problem) => {
    const place = stepOfProblem(problem.path);
    return place?.kind === step.kind && place.index === step.index;
  });
}

/** The part of the path behind the step. */
export function pathInStep(path: string): readonly (string | number)[] {
  return withinPipeline(parsePath(path)).slice(2);
}

export function countByStep(problems: readonly Finding[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const problem of problems) {
    const step = stepOfProblem(problem.path);
    if (step !== null) counts.set(writeStepKey(step), (counts.get(writeStepKey(step)) ?? 0) + 1);
  }
  return counts;
}

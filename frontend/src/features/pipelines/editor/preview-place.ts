/** Which step of the chain a stream can be looked at behind. Pure; steps are numbered from 1, 0 is the read. */

import { selects } from "@/graph/lanes";
import type { Finding } from "@/api/problem";
import { replaceStep } from "@/features/pipelines/document/edit";
import { stepOfProblem } from "@/features/pipelines/document/step-key";
import { parsePath, withinPipeline } from "@/lib/document-path";
import { items, type PipelineDocument, type ProcessorStep } from "@/lib/pipeline-document";

/**
 * What can be looked at while a person is still writing: the document without the steps that have problems. Null when
 * something else is wrong, which no preview can do without.
 */
export function previewable(document: PipelineDocument, problems: readonly Finding[]): PipelineDocument | null {
  const destined = items(document, "destinations").length > 0;
  return problems.reduce<PipelineDocument | null>((left, problem) => {
    const step = stepOfProblem(problem.path);
    // A preview writes nothing: it needs a destination, and any will do.
    if (withinPipeline(parsePath(problem.path))[0] === "destinations" && destined) return left;
    return left === null || step?.kind !== "processor" ? null : replaceStep(left, "processors", step.index, NOTHING);
  }, document);
}

/** Keeps the place of a step, so that the numbers of the others stay; a wrong step is refused even where it is off. */
const NOTHING = { type: "filter", enabled: false, config: { where: "true" } };

/** The steps that work on the stream, in order; those that are off do nothing. */
export function stepsOn(steps: readonly ProcessorStep[], stream: string): readonly ProcessorStep[] {
  return steps.filter((step) => step.enabled && selects(step, stream));
}

/** The step that the stream has passed last when it is looked at behind step `after`; the end of the chain when null. */
export function reachedBy(steps: readonly ProcessorStep[], stream: string, after: number | null): number {
  return (
    stepsOn(steps, stream)
      .filter((step) => after === null || step.number <= after)
      .at(-1)?.number ?? 0
  );
}

/** The stream to show behind a step: the one that is shown already if the step works on it, else the first that it does. */
export function streamFor(
  steps: readonly ProcessorStep[],
  streams: readonly string[],
  shown: string | null,
  after: number | null,
): string | null {
  const kept = shown !== null && streams.includes(shown) ? shown : null;
  const step = steps.find((one) => one.number === after);
  if (step === undefined) return kept ?? streams[0] ?? null;
  if (kept !== null && selects(step, kept)) return kept;
  return streams.find((stream) => selects(step, stream)) ?? kept ?? streams[0] ?? null;
}

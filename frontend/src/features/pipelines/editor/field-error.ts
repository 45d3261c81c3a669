import type { Finding } from "@/api/problem";
import { pathInStep } from "@/features/pipelines/document/step-key";

/** What is wrong with one key of a step, as one text; undefined when nothing is. */
export function fieldError(problems: readonly Finding[], key: string): string | undefined {
  const found = problems.filter((problem) => pathInStep(problem.path)[0] === key);
  return found.length === 0 ? undefined : found.map(problemText).join(" ");
}

/** Problems that no field of the panel shows. */
export function otherProblems(problems: readonly Finding[], shown: readonly string[]): readonly Finding[] {
  return problems.filter((problem) => !shown.includes(String(pathInStep(problem.path)[0] ?? "")));
}

export function problemText(problem: Finding): string {
  return [problem.message, problem.hint].filter(Boolean).join(" — ");
}

import { Code } from "@mantine/core";
import type { Finding } from "@/api/problem";
import { stepOfProblem, type StepKey } from "@/features/pipelines/document/step-key";
import classes from "./editor.module.css";

interface Props {
  problems: readonly Finding[];
  /** Makes the places links to their steps. */
  onOpen?: (step: StepKey) => void;
}

/** Everything that is wrong, each with its place and the way out. */
export function ProblemList({ problems, onOpen }: Props) {
  if (problems.length === 0) return null;
  return (
    <ul className={classes.problemList}>
      {problems.map((problem) => {
        const step = stepOfProblem(problem.path);
        return (
          <li key={`${problem.path}:${problem.message}`}>
            {onOpen !== undefined && step !== null ? (
              <button type="button" className={classes.link} onClick={() => onOpen(step)}>
                {problem.path}
              </button>
            ) : (
              problem.path !== "" && <Code>{problem.path}</Code>
            )}{" "}
            {problem.message}
            {problem.hint && <span className={classes.problemHint}>{problem.hint}</span>}
          </li>
        );
      })}
    </ul>
  );
}

import { expect, it } from "vitest";
import {
  countByStep,
  pathInStep,
  problemsOfStep,
  readStepKey,
  stepOfProblem,
} from "@/features/pipelines/document/step-key";

const problem = (path: string) => ({ path, code: "config.wrong_value", message: "wrong" });

it("a problem belongs to the step that its path names, whatever stands before it", () => {
  expect(stepOfProblem("pipelines.orders.processors[2].config.where")).toEqual({ kind: "processor", index: 2 });
  expect(stepOfProblem("sources[0].streams[1].mode")).toEqual({ kind: "source", index: 0 });
  expect(stepOfProblem("retries.attempts")).toBeNull();
  expect(pathInStep("processors[2].config.rules[0].min")).toEqual(["config", "rules", 0, "min"]);
});

it("problems are counted at their step, and found again there", () => {
  const problems = [problem("processors[1].type"), problem("processors[1].config"), problem("evolution")];
  expect([...countByStep(problems)]).toEqual([["processor:1", 2]]);
  expect(problemsOfStep(problems, { kind: "processor", index: 1 })).toHaveLength(2);
});

it("a step in an address that makes no sense is no step", () => {
  expect(readStepKey("processor:3")).toEqual({ kind: "processor", index: 3 });
  expect(readStepKey("processor:x")).toBeNull();
  expect(readStepKey(undefined)).toBeNull();
});

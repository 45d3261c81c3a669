import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { validatePipeline } from "@/api/pipeline-tools";
import type { Finding } from "@/api/problem";
import type { Draft } from "@/features/pipelines/document/history";
import { parsePath, withinPipeline } from "@/lib/document-path";
import { lineOf } from "@/lib/yaml-lines";

const PAUSE_MS = 350;

export interface Problems {
  readonly problems: readonly Finding[];
  /** Asked, and not answered yet for what stands there now. */
  readonly checking: boolean;
  /** The server could not be asked. */
  readonly error: unknown;
}

/** What is wrong with the document, as the server sees it, a moment after the typing pauses. */
export function useValidation(name: string, draft: Draft): Problems {
  const [asked] = useDebouncedValue(draft.document, PAUSE_MS);
  const query = useQuery({
    queryKey: ["pipelines", "validate", name, asked] as const,
    queryFn: ({ signal }) => validatePipeline(name, asked, signal),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    retry: false,
  });
  return {
    problems: query.data?.problems ?? [],
    checking: query.isFetching || asked !== draft.document,
    error: query.isError ? query.error : null,
  };
}

/** Problems as marks in the text: those of the text itself, else those of what it says. */
export function marksOf(draft: Draft, problems: readonly Finding[]) {
  if (draft.faults.length > 0) return draft.faults.map((fault) => ({ line: fault.line, message: fault.message }));
  return problems.map((problem) => ({
    line: lineOf(draft.text, withinPipeline(parsePath(problem.path))),
    message: [problem.message, problem.hint].filter(Boolean).join(". "),
  }));
}

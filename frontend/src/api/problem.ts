/** One thing that is wrong in a document, at the place where it is wrong. */
export interface Finding {
  path: string;
  line?: number | null;
  code: string;
  message: string;
  hint?: string | null;
}

/** What the server says when it refuses: RFC 9457 problem+json, with Headwater's stable `code`. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly hint?: string,
    readonly problems: readonly Finding[] = [],
  ) {
    super(message);
    this.name = "Problem";
  }
}

/** No answer at all: the server is down, or the way to it is. */
export const UNREACHABLE = "client.unreachable";

interface Body {
  code?: string;
  detail?: string;
  title?: string;
  hint?: string | null;
  problems?: Finding[] | null;
}

/** The problem that a refused answer carries, or one that names the status when the answer is of another kind. */
export async function problemOf(response: Response): Promise<Problem> {
  let body: Body = {};
  try {
    body = (await response.json()) as Body;
  } catch {
    // A proxy in between answers in HTML; the status is all there is to say.
  }
  return new Problem(
    response.status,
    body.code ?? `http.${response.status}`,
    body.detail ?? body.title ?? `The server answered ${response.status} ${response.statusText}`.trim(),
    body.hint ?? undefined,
    body.problems ?? [],
  );
}

export function unreachable(cause: unknown): Problem {
  const problem = new Problem(
    0,
    UNREACHABLE,
    "The server did not answer",
    "Check that it runs (headwater serve) and that this browser can reach it; the page tries again by itself.",
  );
  problem.cause = cause;
  return problem;
}

export const isProblem = (error: unknown, code?: string): error is Problem =>
  error instanceof Problem && (code === undefined || error.code === code);

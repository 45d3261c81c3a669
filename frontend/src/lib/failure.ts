import { t } from "./texts";

/** What a failure says to a person, whatever was thrown. */
export interface Failure {
  message: string;
  code?: string;
  hint?: string;
  status?: number;
  problems: { path: string; message: string; hint?: string | null }[];
}

const field = (error: object, name: string): string | undefined => {
  const value: unknown = Reflect.get(error, name);
  return typeof value === "string" && value ? value : undefined;
};

export function failureOf(error: unknown): Failure {
  if (typeof error !== "object" || error === null) return { message: String(error), problems: [] };
  const problems: unknown = Reflect.get(error, "problems");
  const status: unknown = Reflect.get(error, "status");
  return {
    message: field(error, "message") ?? t.common.unknownError,
    ...optional("code", field(error, "code")),
    ...optional("hint", field(error, "hint")),
    ...(typeof status === "number" ? { status } : {}),
    problems: Array.isArray(problems) ? (problems as Failure["problems"]) : [],
  };
}

const optional = <K extends string>(key: K, value: string | undefined) =>
  (value === undefined ? {} : { [key]: value }) as { [P in K]?: string };

import type { FormError } from "./find-errors";
import { isObject } from "./variants";

/**
 * What the server found wrong, at the settings of this form. A path such as `connectors.shop.config.columns.a.b` is
 * followed through the data from `config` on, since a name may itself hold dots.
 */
export function errorsOfProblems(
  problems: readonly { path: string; message: string; hint?: string | null }[],
  data: unknown,
): FormError[] {
  return problems.map(({ path, message, hint }) => {
    const parts = path.split(/[.[\]]+/).filter(Boolean);
    const start = parts.indexOf("config") + 1;
    return { path: walk(parts.slice(start), data), message: [message, hint].filter(Boolean).join(" — ") };
  });
}

function walk(parts: string[], data: unknown): (string | number)[] {
  if (parts.length === 0) return [];
  if (Array.isArray(data) && /^\d+$/.test(parts[0] ?? "")) {
    const at = Number(parts[0]);
    return [at, ...walk(parts.slice(1), data[at])];
  }
  if (isObject(data)) {
    for (let length = parts.length; length > 0; length -= 1) {
      const key = parts.slice(0, length).join(".");
      if (key in data) return [key, ...walk(parts.slice(length), data[key])];
    }
  }
  return parts;
}

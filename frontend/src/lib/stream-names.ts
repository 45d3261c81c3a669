/**
 * Globs over stream names, and templates that make names of them; the same rules as the engine's
 * `headwater.spec.names`: `*` is any text, dots and slashes too, then `?`, `[abc]` and `[!abc]`; case counts.
 */

export interface NameParts {
  readonly name: string;
  readonly schema: string;
  readonly stream: string;
}

export function isGlob(pattern: string): boolean {
  return /[*?[]/.test(pattern);
}

/** Whether the stream is meant: by its very name, or by a glob. */
export function matches(pattern: string, name: string): boolean {
  return pattern === name || (isGlob(pattern) && globExpression(pattern).test(name));
}

/** The pattern that decides for a stream: its very name, else the first glob that fits; -1 for none. */
export function bestMatch(patterns: readonly string[], name: string): number {
  const exact = patterns.indexOf(name);
  return exact >= 0 ? exact : patterns.findIndex((pattern) => matches(pattern, name));
}

/** The last part is what follows the last slash, or the last dot where there is no slash. */
export function partsOf(stream: string): NameParts {
  const at = stream.lastIndexOf(stream.includes("/") ? "/" : ".");
  return { name: stream.slice(at + 1), schema: at < 0 ? "" : stream.slice(0, at), stream };
}

/** The name that a template gives a stream; `{schema}.` leaves no dot behind where there is no schema. */
export function render(template: string, stream: string): string {
  const parts = partsOf(stream);
  const text = parts.schema === "" ? template.replace(/\{schema\}[./]/g, "") : template;
  return text.replace(/\{\{|\}\}|\{(name|schema|stream)\}/g, (found, key: keyof NameParts | undefined) =>
    key === undefined ? found.charAt(0) : parts[key],
  );
}

const compiled = new Map<string, RegExp>();

function globExpression(pattern: string): RegExp {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const made = new RegExp(`^${translate(pattern)}$`, "s");
  if (compiled.size > 500) compiled.clear();
  compiled.set(pattern, made);
  return made;
}

function translate(pattern: string): string {
  let text = "";
  for (let at = 0; at < pattern.length; at += 1) {
    const sign = pattern.charAt(at);
    const close = sign === "[" ? pattern.indexOf("]", at + (pattern.charAt(at + 1) === "!" ? 3 : 2)) : -1;
    if (sign === "*") text += ".*";
    else if (sign === "?") text += ".";
    else if (close > 0) {
      text += characterClass(pattern.slice(at + 1, close));
      at = close;
    } else text += escaped(sign);
  }
  return text;
}

function characterClass(inside: string): string {
  const negated = inside.startsWith("!");
  const members = (negated ? inside.slice(1) : inside).replace(/[\\\]^[]/g, "\\$&");
  return `[${negated ? "^" : ""}${members}]`;
}

function escaped(sign: string): string {
  return sign.replace(/[.+^${}()|[\]\\]/, "\\$&");
}

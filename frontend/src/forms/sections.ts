import { t } from "@/lib/texts";
import { isSecret, type Schema } from "./schema";

export interface Section {
  title: string | null;
  names: string[];
}

const PREFIX = /^(Source|Destination|CSV and JSON|CSV|JSON|Parquet):/;
const LIMIT = /(_s|_ms|_mb|_kb|_limit|timeout.*)$/;
const FEW = 5;

/**
 * The settings of a form in sections. What is required, secret or says where and who stands first and open; what only
 * concerns one side or one format is grouped by the words its description opens with; limits come last.
 */
export function sectionsOf(schema: Schema): Section[] {
  const names = Object.keys(schema.properties ?? {});
  if (names.length <= FEW) return [{ title: null, names }];
  const groups = new Map<string | null, string[]>();
  for (const name of names) {
    const title = sectionOf(name, schema);
    groups.set(title, [...(groups.get(title) ?? []), name]);
  }
  const rank = (title: string | null) => (title === null ? 0 : title === t.forms.advanced ? 2 : 1);
  return [...groups].map(([title, names]) => ({ title, names })).sort((a, b) => rank(a.title) - rank(b.title));
}

function sectionOf(name: string, schema: Schema): string | null {
  const property = schema.properties?.[name] ?? {};
  if (property["x-section"]) return property["x-section"];
  if (schema.required?.includes(name) || isSecret(property)) return null;
  if (/^(ssl|tls)/.test(name)) return t.forms.tls;
  if (LIMIT.test(name)) return t.forms.advanced;
  const prefix = PREFIX.exec(property.description ?? "")?.[1];
  return prefix && name !== "schema" ? prefix : null;
}

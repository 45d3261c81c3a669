import { stringify } from "yaml";

/** Plain data as the YAML of a project file. */
export const asYaml = (data: unknown): string => stringify(data, { lineWidth: 110 });

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A request of this page as a curl command; the token stays a shell variable, so that none is copied. */
export function asCurl(method: string, path: string, body?: unknown, origin = window.location.origin): string {
  const lines = [`curl -X ${method} ${quoted(origin + path)}`, `-H "Authorization: Bearer $HEADWATER_TOKEN"`];
  if (body !== undefined) lines.push("-H 'Content-Type: application/json'", `--data ${quoted(JSON.stringify(body))}`);
  return lines.join(" \\\n  ");
}

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

/** A config as it stands in a project file: what is secret there is a reference to the server's store. */
export function withReferences(config: Record<string, unknown>, owner: string, secrets: readonly string[]) {
  const copy = structuredClone(config);
  for (const path of secrets) {
    const keys = path.split(".");
    const last = keys.pop() ?? path;
    let at = copy;
    for (const key of keys) {
      at[key] ??= {};
      at = at[key] as Record<string, unknown>;
    }
    at[last] = `\${secret:${owner}.${path}}`;
  }
  return copy;
}

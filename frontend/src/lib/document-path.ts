/**
 * Paths into a document as the server writes them: `sources[0].streams[1].mode`, `config."my.key"`. A place in a list may
 * stand between dots as well: `sources.0`.
 */
export type DocumentPath = readonly (string | number)[];

const PART = /\.?"((?:[^"\\]|\\.)*)"|\[(\d+)\]|\.?([^.[\]"]+)/gy;

export function parsePath(text: string): DocumentPath {
  const parts: (string | number)[] = [];
  PART.lastIndex = 0;
  for (let found = PART.exec(text); found !== null; found = PART.exec(text)) {
    const [, quoted, index, bare] = found;
    if (index !== undefined) parts.push(Number(index));
    else if (quoted !== undefined) parts.push(quoted.replace(/\\(.)/g, "$1"));
    else if (bare !== undefined) parts.push(/^\d+$/.test(bare) ? Number(bare) : bare);
  }
  return parts;
}

export function writePath(path: DocumentPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${String(part)}]`;
    const name = /^[\w-]+$/.test(part) ? part : JSON.stringify(part);
    return text === "" ? name : `${text}.${name}`;
  }, "");
}

/** A pipeline's own path: the server may say where in the project (`pipelines.orders.sources[0]`). */
export function withinPipeline(path: DocumentPath): DocumentPath {
  return path[0] === "pipelines" && path.length >= 2 ? path.slice(2) : path;
}

export function startsWith(path: DocumentPath, prefix: DocumentPath): boolean {
  return prefix.every((part, at) => path[at] === part);
}

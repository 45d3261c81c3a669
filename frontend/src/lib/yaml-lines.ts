import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, type ParsedNode, parseDocument } from "yaml";
import type { DocumentPath } from "@/lib/document-path";

const READ = { version: "1.2", merge: true, prettyErrors: false } as const;

/** Where a path begins in the text; of a path that is not written, the nearest thing above it. Lines count from 1. */
export function lineOf(text: string, path: DocumentPath): number {
  const lines = new LineCounter();
  const parsed = parseDocument(text, { ...READ, lineCounter: lines });
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = keyOrNode(parsed, path.slice(0, depth));
    if (node?.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

function keyOrNode(parsed: Document.Parsed, path: DocumentPath): Node | undefined {
  const parent = path.length === 1 ? parsed.contents : parsed.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (isMap<ParsedNode>(parent)) {
    const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === last);
    return pair?.key;
  }
  return isSeq<ParsedNode>(parent) && typeof last === "number" ? parent.items[last] : undefined;
}

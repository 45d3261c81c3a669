/**
 * A pipeline document as YAML text, and back. A change that comes from a form or the graph is written into the text that
 * stands there, so that comments, order and spelling of everything else are kept.
 */

import {
  Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Node,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { isObject, type Json, type JsonObject, type PipelineDocument } from "@/lib/pipeline-document";

export interface YamlFault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type Parsed =
  | { readonly ok: true; readonly document: PipelineDocument }
  | { readonly ok: false; readonly faults: readonly YamlFault[] };

const READ = { version: "1.2", merge: true, uniqueKeys: true, prettyErrors: false } as const;
const WRITE = { lineWidth: 100, flowCollectionPadding: false } as const;

export function parseYaml(text: string): Parsed {
  const lines = new LineCounter();
  const parsed = parseDocument(text, { ...READ, lineCounter: lines });
  if (parsed.errors.length > 0) {
    const faults = parsed.errors.map((error) => {
      const at = lines.linePos(error.pos[0]);
      return { line: at.line, column: at.col, message: error.message };
    });
    return { ok: false, faults };
  }
  const value: unknown = parsed.toJS();
  if (value === null || value === undefined) return { ok: true, document: {} };
  if (!isPlain(value))
    return {
      ok: false,
      faults: [{ line: 1, column: 1, message: "A pipeline is a mapping: sources, processors, destinations." }],
    };
  return { ok: true, document: value };
}

export function toYaml(value: Json): string {
  return new Document(value, READ).toString(WRITE);
}

/** The text with the document in it. Text that cannot be read is written anew. */
export function writeInto(text: string, document: PipelineDocument): string {
  const parsed = parseDocument(text, READ);
  if (parsed.errors.length > 0 || !isMap(parsed.contents)) return toYaml(document);
  reconcileMap(parsed, parsed.contents, document);
  return parsed.toString(WRITE);
}

function reconcile(root: Document, node: unknown, value: Json): Node {
  if (isMap(node) && isObject(value)) {
    reconcileMap(root, node, value);
    return node;
  }
  if (isSeq(node) && Array.isArray(value)) {
    reconcileSeq(root, node, value as readonly Json[]);
    return node;
  }
  if (isScalar(node) && !Array.isArray(value) && !isObject(value)) {
    if (node.value !== value) {
      node.value = value;
      delete node.source;
    }
    return node;
  }
  return created(root, value, node);
}

/** A new node keeps the comments of the one it replaces. */
function created(root: Document, value: Json, old: unknown): Node {
  const made = root.createNode(value);
  if (isScalar(old) || isMap(old) || isSeq(old)) {
    made.commentBefore = old.commentBefore ?? null;
    made.comment = old.comment ?? null;
  }
  return made;
}

function reconcileMap(root: Document, map: YAMLMap, value: JsonObject): void {
  const plain: unknown = map.toJS(root);
  if (same(plain, value)) return;
  const written = new Set(map.items.map((pair) => String(isScalar(pair.key) ? pair.key.value : pair.key)));
  for (const key of written) if (!(key in value) && key !== "<<") map.delete(key);
  for (const [key, item] of Object.entries(value)) {
    if (written.has(key)) map.set(key, reconcile(root, map.get(key, true), item));
    else if (!isPlain(plain) || !same(plain[key], item)) map.set(root.createNode(key), root.createNode(item));
  }
}

/** Items that did not change keep their nodes, with what is written beside them, wherever they stand now. */
function reconcileSeq(root: Document, seq: YAMLSeq, value: readonly Json[]): void {
  giveCommentToFirst(seq);
  const old = seq.items.map((node) => ({ node, plain: plainOf(root, node), used: false }));
  const found = value.map((item) => {
    const twin = old.find((entry) => !entry.used && same(entry.plain, item));
    if (twin !== undefined) twin.used = true;
    return twin?.node;
  });
  seq.items = value.map((item, at) => {
    if (found[at] !== undefined) return found[at];
    const here = old[at];
    if (here === undefined || here.used || value.length < old.length) return root.createNode(item);
    here.used = true;
    return reconcile(root, here.node, item);
  });
}

/** The parser hangs what stands above the first item on the list; it is meant for the item, and moves with it. */
function giveCommentToFirst(seq: YAMLSeq): void {
  const first = seq.items[0];
  if (!isScalar(first) && !isMap(first) && !isSeq(first)) return;
  if (seq.flow !== true && typeof seq.commentBefore === "string") {
    first.commentBefore = seq.commentBefore;
    seq.commentBefore = null;
  }
}

function plainOf(root: Document, node: unknown): unknown {
  return isMap(node) || isSeq(node) || isScalar(node) ? (node.toJS(root) as unknown) : node;
}

export function same(one: unknown, two: unknown): boolean {
  if (Object.is(one, two)) return true;
  if (typeof one !== "object" || typeof two !== "object" || one === null || two === null) return false;
  if (Array.isArray(one) !== Array.isArray(two)) return false;
  const [left, right] = [Object.entries(one), new Map<string, unknown>(Object.entries(two))];
  return left.length === right.size && left.every(([key, value]) => right.has(key) && same(value, right.get(key)));
}

function isPlain(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const look = EditorView.theme({
  "&": { height: "100%", color: "var(--hw-ink)", backgroundColor: "transparent" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--hw-mono)", lineHeight: "1.6", overflow: "auto" },
  ".cm-gutters": {
    backgroundColor: "var(--hw-sunken)",
    color: "var(--hw-ink-3)",
    borderRight: "1px solid var(--hw-line)",
  },
  ".cm-activeLine": { backgroundColor: "var(--hw-hover)" },
  ".cm-cursor": { borderLeftColor: "var(--hw-ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--hw-accent-wash)",
  },
  ".cm-selectionMatch": { backgroundColor: "var(--hw-warn-wash)" },
  ".cm-panels, .cm-tooltip": {
    backgroundColor: "var(--hw-surface)",
    color: "var(--hw-ink)",
    border: "1px solid var(--hw-line)",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--hw-accent)",
    color: "var(--hw-on-accent)",
  },
  ".cm-foldPlaceholder": { backgroundColor: "var(--hw-sunken)", border: "1px solid var(--hw-line)" },
  ".cm-placeholder": { color: "var(--hw-ink-3)" },
});

const words = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier, tags.bool, tags.null], color: "var(--hw-code-keyword)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--hw-code-string)" },
  { tag: tags.number, color: "var(--hw-code-number)" },
  { tag: [tags.comment, tags.meta], color: "var(--hw-code-comment)", fontStyle: "italic" },
  { tag: [tags.propertyName, tags.definition(tags.propertyName), tags.typeName], color: "var(--hw-code-name)" },
]);

export const codeLook: Extension = [look, syntaxHighlighting(words)];

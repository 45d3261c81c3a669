import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { PostgreSQL, sql } from "@codemirror/lang-sql";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldGutter, foldKeymap, indentOnInput } from "@codemirror/language";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
  placeholder as placeholderOf,
} from "@codemirror/view";
import { useEffect, useRef } from "react";
import { t } from "@/lib/texts";
import classes from "./code-editor.module.css";
import { codeLook } from "./code-look";

export type Language = "yaml" | "sql" | "json" | "text";

/** What is wrong at a line (from 1), or at the whole text when no line is known. */
export interface Mark {
  line?: number | null;
  message: string;
  severity?: "error" | "warning";
}

interface Props {
  value: string;
  onChange?: (value: string) => void;
  language: Language;
  label: string;
  readOnly?: boolean;
  marks?: readonly Mark[];
  minHeight?: number | string;
  maxHeight?: number | string;
  placeholder?: string;
  /** Ctrl or ⌘ with Enter. */
  onSubmit?: () => void;
}

const LANGUAGES: Record<Language, () => Extension> = {
  yaml,
  json,
  sql: () => sql({ dialect: PostgreSQL }),
  text: () => [],
};

/** CodeMirror in our colours. Tab indents; Escape and then Tab leaves, as its label says. */
export default function CodeEditor(props: Props) {
  const { value, language, label, readOnly = false, marks, minHeight = 120, maxHeight = 560, placeholder } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  // CodeMirror calls back long after it was made: it must find the handlers of the last drawing.
  useEffect(() => {
    latest.current = props;
  });

  // The editor lives outside of React: made once per kind, fed by the effects below.
  useEffect(() => {
    if (!host.current) return;
    const editable = new Compartment();
    const submit = () => {
      latest.current.onSubmit?.();
      return latest.current.onSubmit !== undefined;
    };
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [
          keymap.of([{ key: "Mod-Enter", run: submit }]),
          readOnly ? [] : [history(), indentOnInput(), autocompletion(), lintGutter(), highlightActiveLine()],
          [lineNumbers(), foldGutter(), drawSelection(), bracketMatching(), highlightSelectionMatches()],
          keymap.of([
            ...completionKeymap,
            ...searchKeymap,
            ...historyKeymap,
            ...foldKeymap,
            ...defaultKeymap,
            indentWithTab,
          ]),
          editable.of([EditorState.readOnly.of(readOnly), EditorView.editable.of(!readOnly)]),
          EditorView.contentAttributes.of({
            "aria-label": readOnly ? label : `${label}. ${t.common.editor.hint}`,
            ...(readOnly ? { tabindex: "0" } : {}),
          }),
          placeholder ? placeholderOf(placeholder) : [],
          LANGUAGES[language](),
          // Generated SQL is one long line.
          readOnly && language === "sql" ? EditorView.lineWrapping : [],
          codeLook,
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange?.(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    return () => {
      editor.destroy();
      view.current = null;
    };
  }, [language, readOnly, label, placeholder]);

  // A text from outside (undo, another view of the same document) replaces what stands there.
  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || !marks) return;
    editor.dispatch(
      setDiagnostics(
        editor.state,
        marks.map((mark) => diagnosticOf(mark, editor.state)),
      ),
    );
  }, [marks, value]);

  return <div ref={host} className={classes.editor} style={{ minHeight, maxHeight }} />;
}

function diagnosticOf({ line, message, severity = "error" }: Mark, state: EditorState): Diagnostic {
  const at = state.doc.line(Math.min(Math.max(line ?? 1, 1), state.doc.lines));
  return { from: at.from, to: at.to, message, severity };
}

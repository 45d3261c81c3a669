import { Text } from "@mantine/core";
import type { FieldProps } from "@rjsf/utils";
import { useState } from "react";
import { t } from "@/lib/texts";
import { CodeEditor } from "@/ui/code";

/** A setting of any shape, written as JSON. */
export function JsonField(props: FieldProps) {
  const { formData, onChange, fieldPathId, disabled, readonly, schema, name } = props;
  const [text, setText] = useState(() => (formData === undefined ? "" : JSON.stringify(formData, null, 2)));
  const [bad, setBad] = useState(false);
  const change = (next: string) => {
    setText(next);
    try {
      const value: unknown = next.trim() === "" ? undefined : JSON.parse(next);
      setBad(false);
      onChange(value, fieldPathId.path);
    } catch {
      // Half-written JSON is no value yet.
      setBad(true);
    }
  };
  return (
    <>
      <CodeEditor
        language="json"
        label={schema.title ?? name}
        value={text}
        readOnly={Boolean(disabled || readonly)}
        minHeight={80}
        onChange={change}
      />
      {bad && (
        <Text size="xs" c="var(--hw-bad-ink)" role="alert">
          {t.forms.notJson}
        </Text>
      )}
    </>
  );
}

import { CloseButton, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { t } from "@/lib/texts";

interface Props {
  value: string;
  onChange: (value: string) => void;
  label?: string;
  placeholder?: string;
}

const WAIT_MS = 200;

/** A search box whose text goes to the URL when the typing pauses. */
export function SearchInput({ value, onChange, label = t.common.search, placeholder = label }: Props) {
  const [typed, setTyped] = useState(value);
  const [seen, setSeen] = useState(value);
  // The URL changed by another hand (back, a link): show that.
  if (seen !== value) {
    setSeen(value);
    setTyped(value);
  }
  // Who types and follows a link at once is on another page by then, and must stay there.
  const send = useDebouncedCallback((text: string, page: string) => {
    if (window.location.pathname === page) onChange(text);
  }, WAIT_MS);
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={placeholder}
      leftSection={<IconSearch size={16} aria-hidden />}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        send(event.currentTarget.value, window.location.pathname);
      }}
      rightSection={
        typed ? (
          <CloseButton
            size="sm"
            aria-label={t.common.clearSearch}
            onClick={() => {
              setTyped("");
              onChange("");
            }}
          />
        ) : null
      }
    />
  );
}

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
  const send = useDebouncedCallback(onChange, WAIT_MS);
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={placeholder}
      leftSection={<IconSearch size={16} aria-hidden />}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        send(event.currentTarget.value);
      }}
      // Who types and then follows a link has left the box first: what was typed must not come after the link.
      onBlur={() => send.flush()}
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

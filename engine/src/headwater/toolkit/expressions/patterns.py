"""LIKE and regular expressions that match alike in RE2 (DuckDB) and in java.util.regex (Spark).

A pattern is written out, never computed, so that it is checked and translated when the pipeline is planned. What
only one of the two knows, or reads otherwise, is refused: look-around, back-references, possessive quantifiers,
classes within classes. Sources: RE2's syntax page; the javadoc of java.util.regex.Pattern (UNIX_LINES `d`,
UNICODE_CASE `u`).
"""

from __future__ import annotations

import re

import pyarrow as pa

from headwater.sdk.errors import ConfigError
from headwater.toolkit.deferred import compute as pc
from headwater.toolkit.expressions.nodes import Constant

_SAME_ESCAPES = set("dDwWsSbBAztnrf")
_WORD = "[0-9A-Za-z_]"
_JAVA = {  # Java's \s holds the vertical tab, too, and its \b knows letters beyond ASCII.
    r"\s": r"[\t\n\f\r ]",
    r"\S": r"[^\t\n\f\r ]",
    r"\b": f"(?:(?<={_WORD})(?!{_WORD})|(?<!{_WORD})(?={_WORD}))",
    r"\B": f"(?:(?<={_WORD})(?={_WORD})|(?<!{_WORD})(?!{_WORD}))",
}
_CATEGORY = re.compile(r"\\[pP](\{[A-Z][a-z]?\}|[A-Z])")
_QUANTIFIER = re.compile(r"\{\d+(,\d*)?\}")
_GROUP = re.compile(r"\(\?(:|[is]+\))")


class Pattern:
    """A checked regular expression. `groups` counts its capturing groups."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._in_class = False
        self.groups = 0
        self._java = self._translated()
        self.matches_nothing = _finds(text, "")

    def constant(self, *, whole: bool = False) -> Constant:
        """For each engine; `whole` adds the anchors that Spark needs to match the whole text."""
        java = rf"\A(?:{self._java})\z" if whole else self._java
        # (?d): `.` excludes the line feed only, as in RE2.
        return Constant(self._text, f"(?d){java}")

    def _translated(self) -> str:
        _finds(self._text, "")
        out: list[str] = []
        while self._at < len(self._text):
            out.append(self._next())
        return "".join(out)

    def _next(self) -> str:
        text, at = self._text, self._at
        character = text[at]
        if character == "\\":
            return self._escape()
        if self._in_class:
            return self._class_character(character)
        if character == "[":
            return self._open_class()
        if character == "(":
            return self._open_group()
        if character == "$":
            self._at += 1
            return r"\z"
        if character == "{":
            return self._quantifier()
        if character == "+" and at > 0 and text[at - 1] in "*+?}" and not self._escaped(at - 1):
            raise self._refused("a quantifier followed by + (possessive)")
        self._at += 1
        return character

    def _escaped(self, at: int) -> bool:
        before = self._text[:at]
        return (len(before) - len(before.rstrip("\\"))) % 2 == 1

    def _escape(self) -> str:
        following = self._text[self._at + 1 : self._at + 2]
        if found := _CATEGORY.match(self._text, self._at):
            self._at = found.end()
            return found[0]
        if following and (following in _SAME_ESCAPES or not following.isalnum()):
            self._at += 2
            spelled = f"\\{following}"
            return spelled if self._in_class else _JAVA.get(spelled, spelled)
        raise self._refused(f"\\{following}")

    def _open_class(self) -> str:
        opening = re.compile(r"\[\^?\]?").match(self._text, self._at)
        assert opening is not None
        self._at = opening.end()
        self._in_class = True
        return opening[0].replace("]", "\\]")

    def _class_character(self, character: str) -> str:
        if character == "]":
            self._in_class = False
        elif character == "[":
            raise self._refused("[ inside [ ] (write \\[)")
        elif self._text.startswith("&&", self._at):
            raise self._refused("&& inside [ ] (write \\&\\&)")
        self._at += 1
        return character

    def _open_group(self) -> str:
        if not self._text.startswith("(?", self._at):
            self.groups += 1
            self._at += 1
            return "("
        found = _GROUP.match(self._text, self._at)
        if found is None:
            raise self._refused(f"the group {self._text[self._at : self._at + 4]}…")
        self._at = found.end()
        return found[0].replace("i", "iu")

    def _quantifier(self) -> str:
        found = _QUANTIFIER.match(self._text, self._at)
        if found is None:
            raise self._refused("{ that is no repetition (write \\{)")
        self._at = found.end()
        return found[0]

    def _refused(self, what: str) -> ConfigError:
        return ConfigError(
            f"the pattern {self._text!r} holds {what}, which not every engine reads alike",
            hint="use classes, groups (…) and (?:…), repetitions, anchors, \\d \\w \\s \\b and (?i)",
            code="config.invalid_pattern",
        )


def replacement(text: str, groups: int) -> Constant:
    r"""A replacement with `\1` … `\9` for groups. Raises ConfigError for a group that the pattern does not have."""
    java: list[str] = []
    at = 0
    while at < len(text):
        character = text[at]
        if character != "\\":
            java.append("\\$" if character == "$" else character)
            at += 1
            continue
        following = text[at + 1 : at + 2]
        if following == "\\":
            java.append("\\\\")
        elif following.isdecimal() and int(following) <= groups:
            java.append(f"${following}")
        else:
            raise ConfigError(
                f"the replacement {text!r} holds \\{following}, and the pattern has {groups} group(s)",
                hint="\\0 is the whole match, \\1 the first group; write \\\\ for a backslash",
                code="config.invalid_pattern",
            )
        at += 2
    return Constant(text, "".join(java))


def like(text: str, escape: str | None) -> tuple[Constant, bool]:
    r"""A LIKE pattern whose escape character is `\` on both engines, and whether it holds one."""
    out: list[str] = []
    escaped = False
    at = 0
    while at < len(text):
        character = text[at]
        if escape is not None and character == escape:
            at += 1
            if at == len(text):
                raise ConfigError(
                    f"the pattern {text!r} ends in its escape character",
                    hint="write it twice",
                    code="config.invalid_pattern",
                )
            character = text[at]
            literal = True
        else:
            literal = character not in "%_"
        if literal and character in "%_\\":
            out.append("\\")
            escaped = True
        out.append(character)
        at += 1
    pattern = "".join(out)
    return Constant(pattern, pattern), escaped


def _finds(pattern: str, text: str) -> bool:
    """Does RE2 find the pattern in the text? Arrow brings RE2 along. Raises ConfigError for what is no pattern."""
    try:
        return bool(pc.match_substring_regex(pa.array([text]), pattern)[0].as_py())
    except pa.ArrowInvalid as cause:
        raise ConfigError(
            f"{pattern!r} is no regular expression: {str(cause).removeprefix('Invalid regular expression: ')}",
            hint="the syntax is RE2's",
            code="config.invalid_pattern",
        ) from cause

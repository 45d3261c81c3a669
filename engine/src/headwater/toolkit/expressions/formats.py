"""Date formats (`%d.%m.%Y`) that read and write alike in DuckDB and Spark.

Every part has a fixed width, so a text is checked against the format's shape before an engine reads it.
Sources: C's strftime, for the letters; java.time.format.DateTimeFormatter, for Spark's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from headwater.sdk.errors import ConfigError
from headwater.toolkit.expressions.nodes import Constant

_PARTS = {  # letter: (java, shape)
    "Y": ("yyyy", "([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"),
    "m": ("MM", "[0-9]{2}"),
    "d": ("dd", "[0-9]{2}"),
    "H": ("HH", "([01][0-9]|2[0-3])"),
    "M": ("mm", "[0-5][0-9]"),
    "S": ("ss", "[0-5][0-9]"),
    "f": ("SSSSSS", "[0-9]{6}"),
}
_TIME_OF_DAY = set("HMSf")


@dataclass(frozen=True, slots=True)
class DateFormat:
    """`shape` is what a text must look like before it is read."""

    text: Constant
    shape: Constant
    has_time: bool
    is_whole_date: bool


def date_format(text: str) -> DateFormat:
    """Raises ConfigError for a letter that engines read differently."""
    java, shape, between, letters = "", "", "", set[str]()
    at = 0
    while at < len(text):
        if text[at] != "%":
            between += text[at]
            at += 1
            continue
        letter = text[at + 1 : at + 2]
        if letter not in _PARTS or letter in letters:
            raise _refused(text, letter)
        letters.add(letter)
        java += _quoted(between) + _PARTS[letter][0]
        shape += re.escape(between) + _PARTS[letter][1]
        between = ""
        at += 2
    java += _quoted(between)
    shape += re.escape(between)
    whole = {"Y", "m", "d"} <= letters
    return DateFormat(Constant(text, java), Constant(shape, rf"\A{shape}\z"), bool(letters & _TIME_OF_DAY), whole)


def _quoted(between: str) -> str:
    """Java reads letters and some signs in a format as its own, unless they are quoted."""
    if any(character.isalpha() or character in "'[]{}#" for character in between):
        return "'" + between.replace("'", "''") + "'"
    return between


def _refused(text: str, letter: str) -> ConfigError:
    return ConfigError(
        f"the date format {text!r} holds %{letter}, which is unknown here or stands twice",
        hint="it may hold %Y %m %d %H %M %S %f (microseconds), each once, and signs between them",
        code="config.invalid_format",
    )

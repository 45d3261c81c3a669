"""What a plain YAML scalar means.

Promises: only `true` and `false` are booleans; sexagesimal numbers and dates stay text.
Source: YAML 1.2.2, section 10.3.2, core schema.
"""

from __future__ import annotations

import re

Scalar = None | bool | int | float | str

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+\Z")
_BASED = re.compile(r"0(?:o[0-7]+|x[0-9a-fA-F]+)\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_SPECIAL = re.compile(r"(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z")
_LONGEST_NUMBER = 400  # Python refuses to read far longer ones, and nobody means them as numbers.


def plain_scalar(text: str) -> Scalar:
    """The value of an unquoted, untagged scalar."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if text[0] not in "+-.0123456789" or len(text) > _LONGEST_NUMBER:
        return text
    if _INT.match(text):
        return int(text)
    if _BASED.match(text):
        return int(text, 0)
    if _FLOAT.match(text):
        return float(text)
    if _SPECIAL.match(text):
        return float(text.replace(".", "").lower())
    return text


def tagged_scalar(kind: str, text: str) -> Scalar:
    """The value of a scalar with one of the core tags (`!!str`, `!!int` …).

    Raises ValueError when the text does not fit.
    """
    if kind == "str":
        return text
    value = plain_scalar(text)
    if kind == "float" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    fits = {"null": type(None), "bool": bool, "int": int, "float": float}[kind]
    if type(value) is not fits:
        raise ValueError(f"{text!r} is no {kind}")
    return value

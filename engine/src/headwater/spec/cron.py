"""Says whether a cron expression can be read: five fields, or one of the @ names.

Source: crontab(5): numbers, names of months and days, `*`, lists, ranges, steps; 0 and 7 are Sunday; `L` as
last day of a month, `D#N` as the N-th weekday and `DL` as the last one, as cronsim and Vixie's heirs read them.
"""

from __future__ import annotations

import re

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of week", 0, 7, _DAYS),
)
NAMES = ("@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually")
_ITEM = re.compile(r"(?P<low>\*|\w+)(?:-(?P<high>\w+))?(?:/(?P<step>\d+))?\Z")


def cron_fault(text: str) -> str | None:
    """What is wrong with the expression, or None."""
    if text.startswith("@"):
        return None if text in NAMES else f"{text!r} is none of {', '.join(NAMES)}"
    fields = text.split()
    if len(fields) != len(_FIELDS):
        return f"it has {len(fields)} fields; 5 are needed: minute, hour, day of month, month, day of week"
    for value, (name, low, high, words) in zip(fields, _FIELDS, strict=True):
        for item in value.split(","):
            fault = _item_fault(item.upper(), name, low, high, words)
            if fault:
                return f"{name} {item!r} {fault}"
    return None


def _item_fault(item: str, name: str, low: int, high: int, words: tuple[str, ...]) -> str | None:
    if item == "L" and name == "day of month":
        return None
    day, hash_sign, nth = item.partition("#")
    if hash_sign and name == "day of week":
        return _number_fault(day, low, high, words) or (
            None if nth in ("1", "2", "3", "4", "5") else "has no such week"
        )
    if name == "day of week" and len(item) > 1 and item.endswith("L"):
        return _number_fault(item.removesuffix("L"), low, high, words)
    found = _ITEM.match(item)
    if found is None:
        return "cannot be read"
    if found["step"] is not None and int(found["step"]) == 0:
        return "steps by zero"
    if found["low"] == "*":
        return None if found["high"] is None else "cannot be read"
    for number in (found["low"], found["high"]):
        fault = _number_fault(number, low, high, words) if number is not None else None
        if fault:
            return fault
    if found["high"] and _number(found["low"], words, low) > _number(found["high"], words, low):
        return "ends before it begins"
    return None


def _number(text: str, words: tuple[str, ...], low: int) -> int:
    return words.index(text) + low if text in words else int(text)


def _number_fault(text: str, low: int, high: int, words: tuple[str, ...]) -> str | None:
    if text in words:
        return None
    if not text.isascii() or not text.isdigit():
        return "cannot be read"
    return None if low <= int(text) <= high else f"is not between {low} and {high}"

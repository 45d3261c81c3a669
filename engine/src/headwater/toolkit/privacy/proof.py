"""Does a protected column look protected? Counts the values that do not, and never shows one.

What can be told from a value: that it is a token, sealed, NULL, holds stars, holds nothing that `redact` looks for, or
is as coarse as `generalize` makes it. Of an invented or moved value it cannot be told (`looks_protected` is None).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pyarrow as pa

from headwater.sdk.processor import Evidence
from headwater.sdk.stream import Json
from headwater.toolkit.deferred import compute as pc
from headwater.toolkit.expressions.kinds import kind_of
from headwater.toolkit.privacy.distinct import texts
from headwater.toolkit.privacy.fake.invent import EXAMPLE_DOMAINS
from headwater.toolkit.privacy.methods import (
    KEYED,
    AnyMethod,
    Encrypt,
    Fake,
    Generalize,
    Hash,
    Mask,
    Noise,
    Nullify,
    Redact,
    Tokenize,
)
from headwater.toolkit.privacy.redacting import wanted
from headwater.toolkit.privacy.tokenizing import alphabet_of

_BASE64 = "[A-Za-z0-9+/=]"


def evidence_of(
    column: str, method: AnyMethod, delivered: pa.Table, set_aside: Sequence[Mapping[str, Json]]
) -> Evidence:
    """For one column, from samples. A column that a later step changed or dropped cannot be looked at."""
    kept = [row[column] for row in set_aside if row.get(column) is not None]
    clear, looked_at = 0, 0
    if column in delivered.column_names:
        values = delivered.column(column).combine_chunks()
        good = looks_protected(method, values)
        if good is not None:
            looked_at, clear = len(values), clear + pc.sum(pc.invert(good), min_count=0).as_py()
    good = looks_protected(method, pa.array([str(value) for value in kept], pa.string())) if _is_text(method) else None
    if good is not None:
        looked_at, clear = looked_at + len(kept), clear + pc.sum(pc.invert(good), min_count=0).as_py()
    facts: dict[str, Json] = {"method": method.method, "looked_at": looked_at}
    if isinstance(method, KEYED):
        facts["key_version"] = method.key_version
    return Evidence(f"protected:{column}", column, described(method), clear, facts)


def _is_text(method: AnyMethod) -> bool:
    """Whether a value in quarantine, which is JSON there, can be looked at as the text that it is."""
    return isinstance(method, Hash | Encrypt | Tokenize | Mask | Redact | Nullify)


def looks_protected(method: AnyMethod, values: pa.Array) -> pa.Array | None:
    """True for each value that does; NULLs are dropped first. None when it cannot be told."""
    if isinstance(method, Nullify):
        return pa.array([False] * (len(values) - values.null_count), pa.bool_())
    values = values.drop_null()
    if kind_of(values.type) in ("date", "timestamp", "timestamptz"):
        return _coarse_moment(method, values)
    if isinstance(method, Generalize) and method.bin is not None and method.show == "start":
        return _multiple(values, method.bin)
    pattern = shape(method)
    if isinstance(method, Redact):
        return pc.invert(_finds(values, [text for _, text in wanted(method)]))
    return None if pattern is None else pc.match_substring_regex(texts(values), rf"\A(?:{pattern})\z")


def shape(method: AnyMethod) -> str | None:
    """What a whole protected text looks like (RE2); None when it may be any."""
    match method:
        case Hash():
            body, length = ("[0-9a-f]", 64) if method.encoding == "hex" else (_BASE64, 44)
            return f"{re.escape(method.label)}(?:{body}){{{min(method.length or length, length)}}}"
        case Encrypt():
            return r"hw1\.[A-Za-z0-9_-]+\.[A-Za-z0-9_=-]+"
        case Tokenize():
            listed = alphabet_of(method, place="") + method.separators
            return f"[{''.join(item if item.isalnum() else f'{chr(92)}{item}' for item in listed)}]*"
        case Mask() if method.pattern is None:
            return _mask_shape(method)
        case Fake(kind="email"):
            return rf"[a-z.0-9]+@(?:{'|'.join(map(re.escape, EXAMPLE_DOMAINS))})"
        case Generalize(network=int()):
            return r"[0-9.]+\.0/(?:8|16|24)|[0-9a-f:]*::/48"
        case Generalize(age_band=int()):
            return r"[0-9]+-[0-9]+|[0-9]+\+"
        case Generalize(prefix=int() as length):
            return f"(?s:.){{{length}}}"
        case _:
            return None


def described(method: AnyMethod) -> str:
    """What was done, for the report."""
    done = {
        "hash": "hashed (HMAC-SHA-256)",
        "tokenize": "tokenized (FF1)",
        "mask": "masked",
        "redact": "redacted",
        "nullify": "emptied",
        "fake": "replaced by invented values",
        "generalize": "generalized",
        "noise": "moved by noise",
        "encrypt": "encrypted (AES-256-GCM)",
    }[method.method]
    return f"{done}, key version {method.key_version}" if isinstance(method, KEYED) else done


def _mask_shape(method: Mask) -> str:
    star = re.escape(method.character)
    middle = f"{star}*" if method.length is None else f"{star}{{{method.length}}}"
    if method.keep_characters:
        kept = "".join(item if item.isalnum() else f"\\{item}" for item in method.keep_characters)
        middle = f"[{kept}\\{method.character}]*" if not method.character.isalnum() else f"[{kept}{method.character}]*"
    ends = method.keep_first + method.keep_last
    both = f"(?s:.){{{method.keep_first}}}{middle}(?s:.){{{method.keep_last}}}"
    return f"{both}|{middle}" if ends else middle


def _coarse_moment(method: AnyMethod, values: pa.Array) -> pa.Array | None:
    if isinstance(method, Noise) or not isinstance(method, Generalize) or method.to is None:
        return None
    unit = "year" if method.to == "decade" else method.to
    floored = pc.floor_temporal(values, unit=unit, week_starts_monday=True)
    return pc.equal(floored.cast(values.type), values)


def _multiple(values: pa.Array, width: float) -> pa.Array:
    numbers = values.cast(pa.float64())
    parts = pc.divide(numbers, width)
    return pc.or_kleene(pc.less(pc.abs(pc.subtract(parts, pc.round(parts))), 1e-6), pc.invert(pc.is_finite(parts)))


def _finds(values: pa.Array, patterns: list[str]) -> pa.Array:
    found = pa.array([False] * len(values), pa.bool_())
    for pattern in patterns:
        found = pc.or_(found, pc.match_substring_regex(values, pattern))
    return found

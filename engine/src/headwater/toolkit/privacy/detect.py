"""Which columns of a sample look personal. Pure functions over Arrow data; a value never leaves them.

A finding has a score from 0 to 1: the share of the sample's values that fit, times how much such a fit says, raised
when the column's name says the same. A name alone scores 0.6. Only text, integers and dates are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

from headwater.toolkit.deferred import compute as pc
from headwater.toolkit.expressions.kinds import kind_of
from headwater.toolkit.privacy.detectors import DETECTORS, Detector, PersonalKind, fits, named
from headwater.toolkit.privacy.distinct import texts

_BY_NAME_ALONE = 0.6
_NAME_HELPS = 0.5
# A column's values are looked at when there are this many different ones: one that fits by chance says nothing.
_FEWEST = 3
_MOST_CHARACTERS = 320
_PART_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Finding:
    """`share` is that of the values which fit; None when only the name speaks. `suggests` is a method."""

    column: str
    kind: PersonalKind
    label: str
    score: float
    share: float | None
    sampled: int
    suggests: str
    inside: bool = False

    @property
    def because(self) -> str:
        if self.share is None:
            return f"its name says {self.label}"
        inside = "hold" if self.inside else "look like"
        return f"{self.share:.0%} of {self.sampled:,} values {inside} {self.label}"


def findings(sample: pa.Table, *, confidence: float, ignore: Iterable[str] = ()) -> list[Finding]:
    """The likeliest kind of each column that scores at least `confidence`, in the order of the columns."""
    passed_over = frozenset(ignore)
    found = [
        finding
        for name in sample.column_names
        if name not in passed_over and (finding := of_column(name, sample.column(name).combine_chunks())) is not None
    ]
    return [finding for finding in found if finding.score >= confidence]


def of_column(name: str, column: pa.Array) -> Finding | None:
    """The likeliest kind, however unlikely; None when nothing speaks for any."""
    kind = kind_of(column.type)
    if kind not in ("text", "int", "date", "timestamp", "timestamptz", "null"):
        return None
    hinted = named(name)
    values = _values(column)
    candidates = [
        *(_by_name(name, detector, len(values)) for detector in hinted if kind == "text" or detector.kind != "name"),
        *(item for detector in DETECTORS if (item := _by_value(name, detector, values, hinted)) is not None),
    ]
    if kind == "text" and (inside := _inside(name, values)) is not None:
        candidates.append(inside)
    return max(candidates, key=lambda item: item.score, default=None)


def _values(column: pa.Array) -> pa.Array:
    """The different texts of the sample, without NULL, empty and very long ones."""
    if pa.types.is_null(column.type):
        return pa.array([], pa.string())
    found = pc.utf8_trim_whitespace(texts(column.unique().drop_null()))
    return found.filter(pc.greater(pc.utf8_length(found), 0))


def _by_name(name: str, detector: Detector, sampled: int) -> Finding:
    return Finding(name, detector.kind, detector.label, _BY_NAME_ALONE, None, sampled, detector.suggests)


def _by_value(name: str, detector: Detector, values: pa.Array, hinted: list[Detector]) -> Finding | None:
    if not detector.shape or len(values) < _FEWEST:
        return None
    short = values.filter(pc.less_equal(pc.utf8_length(values), _MOST_CHARACTERS))
    shaped = short.filter(pc.match_substring_regex(short, rf"^(?:{detector.shape})$"))
    hits = sum(fits(detector, value) for value in shaped.to_pylist())
    if not hits:
        return None
    share = hits / len(values)
    weight = max(detector.by_value, _NAME_HELPS) + _NAME_HELPS if detector in hinted else detector.by_value
    score = min(1.0, share * weight)
    return Finding(name, detector.kind, detector.label, score, share, len(values), detector.suggests)


def _inside(name: str, values: pa.Array) -> Finding | None:
    """Free text that holds e-mail addresses."""
    if len(values) < _FEWEST:
        return None
    share = pc.sum(pc.match_substring_regex(values, r"[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+\.[\p{L}]{2,}")).as_py() / len(
        values
    )
    if share < _PART_SHARE:
        return None
    return Finding(
        name, "email", "e-mail addresses", min(1.0, 0.5 + share / 2), share, len(values), "redact", inside=True
    )

"""From what was counted and measured to checks that passed or failed, in the form a report shows them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from math import isfinite, isnan

from headwater.plan.model import RuleRef
from headwater.sdk.processor import Bound, SetRule
from headwater.sdk.stream import Json

SAMPLES = 5


@dataclass(slots=True)
class RuleCount:
    """Rows that broke one row rule, and a few of the values."""

    ref: RuleRef
    rows: int = 0
    samples: list[str] = field(default_factory=list[str])


@dataclass(slots=True)
class RuleCounts:
    """The row rules of one chain, by step and id."""

    _by_rule: dict[tuple[int, str], RuleCount] = field(default_factory=dict[tuple[int, str], RuleCount])

    def expect(self, rules: Sequence[RuleRef]) -> None:
        """Rules that nobody breaks are reported too."""
        for rule in rules:
            self._of(rule)

    def add(self, rule: RuleRef, rows: int, samples: Sequence[str | None] = ()) -> None:
        count = self._of(rule)
        count.rows += rows
        fresh = dict.fromkeys(value for value in samples if value is not None and value not in count.samples)
        count.samples.extend(list(fresh)[: SAMPLES - len(count.samples)])

    def needs_samples(self, rule: RuleRef) -> bool:
        return len(self._of(rule).samples) < SAMPLES

    def all(self) -> list[RuleCount]:
        return list(self._by_rule.values())

    def _of(self, rule: RuleRef) -> RuleCount:
        return self._by_rule.setdefault((rule.step, rule.rule.id), RuleCount(rule))


def row_checks(counts: RuleCounts) -> list[dict[str, Json]]:
    """One check per row rule. Type rules of the read are only shown when a row broke them."""
    return [_row_check(count) for count in counts.all() if count.rows or count.ref.step > 0]


def _row_check(count: RuleCount) -> dict[str, Json]:
    ref = count.ref
    return {
        "name": ref.rule.id,
        "kind": "row",
        "step": ref.step,
        "step_name": ref.step_name,
        "column": ref.rule.column,
        "severity": ref.rule.severity,
        "message": ref.rule.message,
        "passed": count.rows == 0,
        "rows": count.rows,
        "samples": list[Json](count.samples),
    }


@dataclass(frozen=True, slots=True)
class Measured:
    step: int
    step_name: str
    rule: SetRule
    value: Bound


def set_checks(measured: Sequence[Measured], previous: Mapping[str, Json], now: datetime) -> list[dict[str, Json]]:
    """One check per set rule; `previous` are the values that the last commit stored."""
    return [_set_check(item, previous, now) for item in measured]


def stored_measures(measured: Sequence[Measured]) -> dict[str, Json]:
    """What the checkpoint keeps for the next run's comparison."""
    return {_key(item): _json(item.value) for item in measured}


def _key(item: Measured) -> str:
    """Steps may have rules of the same id, and may move along the chain between runs."""
    return f"{item.step_name}/{item.rule.id}"


def _set_check(item: Measured, previous: Mapping[str, Json], now: datetime) -> dict[str, Json]:
    rule = item.rule
    compared, judged = _compared(item, previous.get(_key(item)), now)
    if item.value is None and rule.absent == "passes":
        judged = False
    passed = not judged or (compared is not None and _inside(compared, rule.lower, rule.upper))
    return {
        "name": rule.id,
        "kind": "set",
        "step": item.step,
        "step_name": item.step_name,
        "column": rule.column,
        "severity": rule.severity,
        "message": rule.message,
        "passed": passed,
        "value": _json(item.value),
        "compared": _json(compared),
        "lower": _json(rule.lower),
        "upper": _json(rule.upper),
    }


def _compared(item: Measured, before: Json, now: datetime) -> tuple[Bound, bool]:
    """The number that must lie within the bounds, and whether there is anything to judge."""
    value = item.value
    match item.rule.against:
        case "value":
            return value, True
        case "previous":
            if not isinstance(before, int | float | str) or not isinstance(value, int | float | Decimal):
                return None, False
            earlier = float(before)
            return (float(value) - earlier) / earlier if earlier else (0.0 if not value else float("inf")), True
        case "now":
            return (_age_s(value, now) if value is not None else None), True


def _age_s(value: object, now: datetime) -> float | None:
    if isinstance(value, datetime):
        return (now - (value if value.tzinfo else value.replace(tzinfo=UTC))).total_seconds()
    if isinstance(value, date):
        return (now - datetime(value.year, value.month, value.day, tzinfo=UTC)).total_seconds()
    return None


def _inside(value: Bound, lower: Bound, upper: Bound) -> bool:
    if isinstance(value, float) and isnan(value):
        return False
    above = lower is None or _number(value) >= _number(lower)
    return above and (upper is None or _number(value) <= _number(upper))


def _number(value: Bound) -> Decimal:
    """Any bound on one exact scale: numbers as they are, points in time as seconds."""
    if isinstance(value, datetime):
        return Decimal(str((value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()))
    if isinstance(value, date):
        return Decimal(datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp())
    return Decimal(str(value))


def _json(value: object) -> Json:
    if isinstance(value, float) and not isfinite(value):
        return str(value)  # JSON has no such number
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)

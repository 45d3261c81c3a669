"""quality: rules about rows, and about all rows together.

Promises: every rule is applied or is an error, none is passed over; a row that breaks rejecting rules leaves once, with
all of them, and is never also delivered; columns and the other rows stay as they are. Rules about all rows see those
that the rules about rows let pass, and are decided before anything is published. Only `unique` makes rows wait.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, ClassVar, TypeVar

import pyarrow as pa
from pydantic import BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from headwater.sdk.config import PluginConfig, example
from headwater.sdk.errors import ConfigError, nearest_hint
from headwater.sdk.processor import Lookup, Measure, Operation, Reject, Rule, SetRule
from headwater.toolkit.rules.limits import Limit, rows_of, share_of
from headwater.toolkit.rules.rows import Condition, ForeignKey, Unique
from headwater.toolkit.rules.sets import (
    Aggregate,
    Completeness,
    DistinctCount,
    Freshness,
    RowCount,
    Statistic,
    VolumeChange,
)
from headwater.toolkit.rules.texts import DateFormat, Email, Ip, Regex, Url, Uuid
from headwater.toolkit.rules.values import In, Length, NotIn, NotNull, OfType, Range

AboutRows = (
    NotNull | In | NotIn | Range | Length | OfType | Regex | Email | Url | Uuid | Ip | DateFormat
    | Condition | Unique | ForeignKey
)  # fmt: skip
AboutAll = RowCount | VolumeChange | Freshness | Completeness | DistinctCount | Statistic | Aggregate
R = TypeVar("R", Rule, SetRule)

NAMES = (
    "not_null", "unique", "in", "not_in", "range", "length", "regex", "type", "expression", "email", "url", "uuid",
    "ip", "date_format", "foreign_key", "row_count", "freshness", "completeness", "distinct_count", "mean", "min",
    "max", "sum", "volume_change", "aggregate",
)  # fmt: skip


def _known(value: object) -> object:
    """The nearest name helps more than the list of all."""
    name = value.get("rule") if isinstance(value, dict) else None
    if isinstance(value, dict) and name not in NAMES:
        what = "there is no rule of this name" if isinstance(name, str) else "`rule` is missing: it says which rule"
        raise PydanticCustomError("wrong_value", "{text}", {"text": what, "hint": nearest_hint(str(name), list(NAMES))})
    return value


class QualityConfig(PluginConfig):
    """Rules about rows, and about all rows together."""

    model_config = ConfigDict(
        json_schema_extra=example(
            {
                "rules": [
                    {"rule": "not_null", "column": "email"},
                    {"rule": "range", "column": "amount", "min": 0, "severity": "warn"},
                    {"rule": "row_count", "min": 1},
                ],
                "max_rejected": "1%",
            }
        )
    )

    rules: tuple[Annotated[AboutRows | AboutAll, Field(discriminator="rule"), BeforeValidator(_known)], ...] = Field(
        min_length=1,
        title="Rules",
        description="What rows must be like, one by one and all together.",
        examples=[
            [
                {"rule": "not_null", "column": "email"},
                {"rule": "range", "column": "amount", "min": 0, "max": 10_000, "severity": "warn"},
                {"rule": "row_count", "min": 1},
            ]
        ],
    )
    max_rejected: Limit | None = Field(
        default=None,
        title="At most so many rejected rows",
        description="If this step rejects more rows, by number or as a share of the rows read, nothing is published.",
        examples=["1%", 1000],
    )


class Quality:
    config_type: ClassVar[type[PluginConfig]] = QualityConfig

    def __init__(self, config: QualityConfig) -> None:
        self._config = config

    def operations(self, schema: pa.Schema) -> tuple[Operation, ...]:
        rules, lookups, measures = self._made(schema)
        limit = self._config.max_rejected
        reject = Reject(tuple(rules), rows_of(limit), share_of(limit))
        judging: list[Operation] = [reject] if rules or (lookups and limit is not None) else []
        return (*judging, *lookups, *([Measure(tuple(measures))] if measures else []))

    def _made(self, schema: pa.Schema) -> tuple[list[Rule], list[Lookup], list[SetRule]]:
        names = _Names()
        rows: list[Rule] = []
        lookups: list[Lookup] = []
        measures: list[SetRule] = []
        for number, rule in enumerate(self._config.rules):
            place = f"quality.rules[{number}] ({rule.rule})"
            if isinstance(rule, ForeignKey):
                lookup = rule.lookup(schema, place)
                judged = names.of(iter(() if lookup.unmatched is None else (lookup.unmatched,)), rule.name, place)
                lookups.append(replace(lookup, unmatched=judged[0]))
            elif isinstance(rule, AboutAll):
                measures += names.of(rule.rules(schema, place), rule.name, place)
            else:
                rows += names.of(rule.rules(schema, place), rule.name, place)
        return rows, lookups, measures


class _Names:
    """Each rule has a name of its own. One that a person gave twice is a mistake; ours get a number."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    def of(self, rules: Iterator[R], given: str | None, place: str) -> list[R]:
        return [replace(rule, id=self._next(rule.id, given, place)) for rule in rules]

    def _next(self, name: str, given: str | None, place: str) -> str:
        self._taken[name] += 1
        if self._taken[name] == 1:
            return name
        if given is not None:
            raise ConfigError(
                f"{place}: there is a rule named {name!r} already",
                hint="give each rule a name of its own, or none",
                code="config.duplicate_rule",
            )
        return self._next(f"{name}:{self._taken[name]}", given, place)

"""What every rule has: a name, a severity, a message, a limit; and the columns that a rule about one column is for."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from functools import partial
from typing import TypeVar

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, model_validator

from headwater.sdk.config import ColumnName, SqlText
from headwater.sdk.errors import ConfigError, UnknownColumn
from headwater.sdk.processor import Expression, Rule, Severity
from headwater.toolkit.expressions import build
from headwater.toolkit.expressions.checked import CheckedExpression
from headwater.toolkit.expressions.parse import parse_condition
from headwater.toolkit.rules.checked_fields import wrong
from headwater.toolkit.rules.conditions import when
from headwater.toolkit.rules.limits import Limit, rows_of, share_of

T = TypeVar("T")


class AnyRule(BaseModel):
    """Each class has a field `rule` besides, which says which it is."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: str | None = Field(
        default=None,
        min_length=1,
        pattern=r"^\S(.*\S)?$",
        title="Name",
        description="Its name in reports and in the quarantine. Default: the rule and its column.",
        examples=["amount_is_plausible"],
    )
    message: str | None = Field(
        default=None,
        min_length=1,
        title="Message",
        description="What is wrong with a row that breaks it, in plain language. Default: made from the rule.",
        examples=["an order needs a customer"],
    )

    @property
    def kind(self) -> str:
        """What `rule` says."""
        return str(self.model_dump(include={"rule"})["rule"])


class RowRule(AnyRule):
    severity: Severity = Field(
        default="reject",
        title="Severity",
        description="`warn` counts the row and lets it go on, `reject` sends it to quarantine, `fail` ends the load "
        "and names the row.",
    )
    max_rejected: Limit | None = Field(
        default=None,
        title="At most so many",
        description="If more rows break it, by number or as a share of the rows read, nothing is published.",
        examples=["0.5%", 1000],
    )

    def ruled(self, name: str, column: str | None, broken: Expression, message: str) -> Rule:
        return Rule(
            id=name,
            column=column,
            broken=broken,
            message=self.message or message,
            severity=self.severity,
            limit_rows=rows_of(self.max_rejected),
            limit_share=share_of(self.max_rejected),
        )


class ColumnRule(RowRule):
    """A rule about the value of one column; for several columns it is several rules."""

    column: ColumnName | None = Field(
        default=None, min_length=1, title="Column", description="The column it is about.", examples=["email"]
    )
    columns: tuple[ColumnName, ...] = Field(
        default=(),
        title="Columns",
        description="Instead of `column`: several columns, by name or glob; each has a rule of its own.",
        examples=[["id", "*_at"]],
    )
    where: SqlText | None = Field(
        default=None,
        min_length=1,
        title="Only where",
        description="SQL condition: the rule holds for rows for which it is true.",
        examples=["status = 'paid'"],
    )

    @model_validator(mode="after")
    def _one_way_to_say_it(self) -> ColumnRule:
        if (self.column is None) == (not self.columns):
            raise wrong("needs `column` or `columns`, one of them", "for example column: email")
        return self

    @abstractmethod
    def broken(self, value: CheckedExpression) -> CheckedExpression:
        """When does this value break it? Raises ConfigError for a type that the rule is not for."""

    @abstractmethod
    def says(self, column: str) -> str:
        """The message of a row that breaks it."""

    def rules(self, schema: pa.Schema, place: str) -> Iterator[Rule]:
        chosen = columns_of((self.column,) if self.column is not None else self.columns, schema, place)
        where = None if self.where is None else parse_condition(self.where, columns=schema, place=f"{place}.where")
        for column in chosen:
            broken = at_place(partial(self._broken_in, schema, column), place)
            broken = broken if where is None else when(where, broken)
            yield self.ruled(self._named(column), column, broken, self.says(column))

    def _broken_in(self, schema: pa.Schema, column: str) -> CheckedExpression:
        return self.broken(build.column(schema, column, place=self.kind))

    def _named(self, column: str) -> str:
        if self.name is None:
            return f"{self.kind}:{column}"
        return self.name if self.column is not None else f"{self.name}:{column}"


def columns_of(patterns: Sequence[str], schema: pa.Schema, place: str) -> list[str]:
    """The columns that names and globs mean, each once. Raises UnknownColumn for what means none."""
    found: dict[str, None] = {}
    for pattern in patterns:
        matched = [pattern] if pattern in schema.names else [n for n in schema.names if fnmatchcase(n, pattern)]
        if not matched:
            raise UnknownColumn(pattern, schema.names, place=place)
        found.update(dict.fromkeys(matched))
    return list(found)


def at_place(make: Callable[[], T], place: str) -> T:
    """What cannot be made is an error that begins with the place where it was written."""
    try:
        return make()
    except ConfigError as error:
        if error.message.startswith(place):
            raise
        raise ConfigError(f"{place}: {error.message}", hint=error.hint, code=error.public_code) from error

"""What a column should be like, as a contract says it, and the conditions under which a value breaks that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import pyarrow as pa
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from headwater.sdk.config import TypeName
from headwater.sdk.errors import ConfigError
from headwater.toolkit.expressions.checked import CheckedExpression
from headwater.toolkit.rules.checked_fields import known_date_format, known_pattern, wrong
from headwater.toolkit.rules.column_type import ColumnValue, column_value, known_column_type
from headwater.toolkit.rules.conditions import Scalar, is_missing, length_outside, not_among, not_matching, outside
from headwater.toolkit.rules.text_patterns import IPV4, IPV6, UUID, ip, url
from headwater.toolkit.rules.texts import not_email
from headwater.toolkit.rules.values import between, listed

OnViolation = Literal["reject", "null", "fail", "keep", "drop"]
ON_VIOLATION_MEANS = (
    "`reject` sends the row to quarantine with the reasons, `null` replaces the value by NULL, `fail` ends the load "
    "and names the row, `keep` lets the row go on and counts it, `drop` leaves it out and counts it as filtered."
)
_KINDS = {"email": "e-mail address", "url": "URL", "uuid": "UUID", "ip": "IP address", "ipv4": "IPv4 address",
          "ipv6": "IPv6 address"}  # fmt: skip
_PATTERNS = {"url": url(("[a-z][a-z0-9+.-]*",)), "uuid": UUID, "ip": ip("any"), "ipv4": IPV4, "ipv6": IPV6}


def _policy(value: object) -> object:
    """In YAML a bare null is no text, and whoever writes `on_violation: null` means it."""
    return "null" if value is None else value


Policy = Annotated[OnViolation, BeforeValidator(_policy)]


def _one_or_more(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _known_format(text: str) -> str:
    if text in _KINDS:
        return text
    if "%" in text:
        return known_date_format(text)
    raise wrong("there is no such format", f"a date format such as %d.%m.%Y, or one of {', '.join(_KINDS)}")


class ColumnSpec(BaseModel):
    """One column of a contract. Everything is optional; what is not said is not checked."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    type: Annotated[TypeName, AfterValidator(known_column_type)] | None = Field(
        default=None,
        title="Type",
        description="What the value is cast to, exactly, or the row breaks the contract. `integer` and `number` are "
        "any type of that kind; `uuid`, `inet` and `json` check a text.",
        examples=["int64", "decimal(12,2)", "date", "timestamp", "bool", "string", "uuid"],
    )
    nullable: bool = Field(default=True, title="May be empty", description="Whether NULL is allowed.")
    unique: bool = Field(
        default=False,
        title="Unique",
        description="No other row has the same value. Rows wait until the last one has come.",
    )
    allowed: tuple[Scalar, ...] | None = Field(
        default=None,
        min_length=1,
        title="Allowed values",
        description="The values it may have.",
        examples=[["new", "paid", "sent"]],
    )
    pattern: Annotated[str, AfterValidator(known_pattern)] | None = Field(
        default=None,
        title="Pattern",
        description="A regular expression (RE2) that the text matches.",
        examples=["[A-Z]{2}[0-9]{6}"],
    )
    match: Literal["whole", "part"] = Field(
        default="whole", title="Match", description="Whether the whole text must match the pattern, or a part of it."
    )
    min: int | float | str | None = Field(
        default=None, title="Least", description="The least value: a number, or a date or time as text.", examples=[0]
    )
    max: int | float | str | None = Field(
        default=None, title="Most", description="The greatest value.", examples=[10_000, "2099-12-31"]
    )
    above: int | float | str | None = Field(
        default=None, title="Above", description="The value is greater than this.", examples=[0]
    )
    below: int | float | str | None = Field(
        default=None, title="Below", description="The value is less than this.", examples=[100]
    )
    min_length: int | None = Field(
        default=None,
        ge=0,
        title="Least length",
        description="At least so many characters, or items of a list.",
        examples=[1],
    )
    max_length: int | None = Field(
        default=None,
        ge=0,
        title="Greatest length",
        description="At most so many characters, or items of a list.",
        examples=[80],
    )
    format: Annotated[tuple[Annotated[str, AfterValidator(_known_format)], ...], BeforeValidator(_one_or_more)] = Field(
        default=(),
        title="Format",
        description="For dates and timestamps that come as text: how they are written, one format or several. For "
        "texts: email, url, uuid, ip, ipv4 or ipv6.",
        examples=["%d.%m.%Y", ["%Y-%m-%d", "%d/%m/%Y"], "email"],
    )
    on_violation: Annotated[OnViolation | None, BeforeValidator(_policy)] = Field(
        default=None,
        title="When it is broken",
        description=f"For this column, instead of what holds for all. {ON_VIOLATION_MEANS}",
    )
    description: str | None = Field(
        default=None,
        title="Description",
        description="What it holds, for people.",
        examples=["What the customer paid."],
    )

    @model_validator(mode="after")
    def _possible(self) -> ColumnSpec:
        for low, high, names in (
            (self.min, self.max, "`min` is greater than `max`"),
            (self.min_length, self.max_length, "`min_length` is greater than `max_length`"),
        ):
            if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
                raise wrong(f"{names}: no value could pass", "exchange them")
        if len({item in _KINDS for item in self.format}) > 1 or (
            set(self.format) & set(_KINDS) and len(self.format) > 1
        ):
            raise wrong("a format is one kind of text, or formats of dates", "for example format: email")
        return self

    @property
    def date_formats(self) -> tuple[str, ...]:
        return tuple(item for item in self.format if item not in _KINDS)


@dataclass(frozen=True, slots=True)
class Check:
    """What may be wrong with a value. `aspect` is its short name; `of_type`: the value is NULL then, anyway."""

    aspect: str
    broken: CheckedExpression
    message: str
    of_type: bool = False


def value_of(name: str, spec: ColumnSpec, schema: pa.Schema) -> ColumnValue:
    """The value as the contract has it. Raises ConfigError when there is no such cast."""
    return column_value(name, spec.type, spec.date_formats, schema)


def checks_of(name: str, spec: ColumnSpec, found: ColumnValue) -> list[Check]:
    """Everything that may be wrong with a value, in the order a person would ask. Raises ConfigError for a check that
    is not for the column's type.
    """
    value, checks = found.value, list[Check]()
    if not spec.nullable:
        checks.append(Check("not_null", is_missing(found.raw), f"{name} is empty"))
    if found.misfit is not None:
        checks.append(Check("type", found.misfit, found.message, of_type=found.changes))
    if spec.allowed is not None:
        checks.append(Check("allowed", not_among(value, spec.allowed), f"{name} is not one of {listed(spec.allowed)}"))
    bounds = [item is not None for item in (spec.min, spec.max)]
    if any(bounds):
        message = f"{name} is not {between(spec.min, spec.max)}"
        checks.append(Check("range", outside(value, spec.min, spec.max), message))
    if spec.above is not None or spec.below is not None:
        broken = outside(value, spec.above, spec.below, exclusive=(True, True))
        said = [f"{word} {item}" for word, item in (("above", spec.above), ("below", spec.below)) if item is not None]
        checks.append(Check("open_range", broken, f"{name} is not {' and '.join(said)}"))
    if spec.min_length is not None or spec.max_length is not None:
        message = f"the length of {name} is not {between(spec.min_length, spec.max_length)}"
        checks.append(Check("length", length_outside(value, spec.min_length, spec.max_length), message))
    if spec.pattern is not None:
        broken = not_matching(value, spec.pattern, whole=spec.match == "whole")
        checks.append(Check("pattern", broken, f"{name} does not match {spec.pattern}"))
    checks += _of_kind(name, spec, value)
    return checks


def _of_kind(name: str, spec: ColumnSpec, value: CheckedExpression) -> list[Check]:
    kinds = [item for item in spec.format if item in _KINDS]
    if not kinds:
        return []
    kind = kinds[0]
    broken = not_email(value) if kind == "email" else not_matching(value, _PATTERNS[kind], whole=True)
    return [Check("format", broken, f"{name} is no {_KINDS[kind]}")]


def misplaced(name: str, error: ConfigError) -> ConfigError:
    return ConfigError(f"schema.columns.{name}: {error.message}", hint=error.hint, code=error.public_code)

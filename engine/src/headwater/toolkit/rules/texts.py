"""Rules about texts of one column: a pattern, and texts of well-known kinds."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from headwater.toolkit.expressions import build
from headwater.toolkit.expressions.checked import CheckedExpression
from headwater.toolkit.rules.base import ColumnRule
from headwater.toolkit.rules.checked_fields import known_date_format, known_pattern
from headwater.toolkit.rules.conditions import length_outside, not_matching, not_of_formats
from headwater.toolkit.rules.text_patterns import EMAIL, EMAIL_MAX_LENGTH, UUID, IpVersion, ip, url

_VERSIONS = {"any": "IP", "4": "IPv4", "6": "IPv6"}
SchemeName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9+.-]*$")]


class Regex(ColumnRule):
    """The text matches a pattern."""

    rule: Literal["regex"] = Field(title="Rule", description="The text matches a pattern.")
    pattern: Annotated[str, AfterValidator(known_pattern)] = Field(
        min_length=1,
        title="Pattern",
        description="A regular expression in RE2's syntax, as every engine reads it; it takes time in proportion to "
        "the text, whatever the pattern.",
        examples=["[A-Z]{2}[0-9]{6}"],
    )
    match: Literal["whole", "part"] = Field(
        default="whole", title="Match", description="Whether the whole text must match, or a part of it is enough."
    )

    def broken(self, value: CheckedExpression) -> CheckedExpression:
        return not_matching(value, self.pattern, whole=self.match == "whole")

    def says(self, column: str) -> str:
        return f"{column} does not match {self.pattern}"


class Email(ColumnRule):
    """The text is an e-mail address."""

    rule: Literal["email"] = Field(
        title="Rule", description="The text is an e-mail address: a plain local part, and a domain with a point."
    )

    def broken(self, value: CheckedExpression) -> CheckedExpression:
        return not_email(value)

    def says(self, column: str) -> str:
        return f"{column} is no e-mail address"


class Url(ColumnRule):
    """The text is an absolute URL."""

    rule: Literal["url"] = Field(title="Rule", description="The text is an absolute URL with a host.")
    schemes: tuple[SchemeName, ...] = Field(
        default=("http", "https"),
        min_length=1,
        title="Schemes",
        description="The schemes it may have.",
        examples=[["https"]],
    )

    def broken(self, value: CheckedExpression) -> CheckedExpression:
        return not_matching(value, url(self.schemes), whole=True)

    def says(self, column: str) -> str:
        return f"{column} is no URL ({', '.join(self.schemes)})"


class Uuid(ColumnRule):
    """The text is a UUID."""

    rule: Literal["uuid"] = Field(
        title="Rule", description="The text is a UUID: 32 hexadecimal digits in five groups, of any version."
    )

    def broken(self, value: CheckedExpression) -> CheckedExpression:
        return not_matching(value, UUID, whole=True)

    def says(self, column: str) -> str:
        return f"{column} is no UUID"


class Ip(ColumnRule):
    """The text is an IP address."""

    rule: Literal["ip"] = Field(title="Rule", description="The text is an IP address, without mask or zone.")
    version: IpVersion = Field(default="any", title="Version", description="IPv4, IPv6, or either.")

    def broken(self, value: CheckedExpression) -> CheckedExpression:
        return not_matching(value, ip(self.version), whole=True)

    def says(self, column: str) -> str:
        return f"{column} is no {_VERSIONS[self.version]} address"


class DateFormat(ColumnRule):
    """The text spells a date, or a date and time, in a known format."""

    rule: Literal["date_format"] = Field(
        title="Rule", description="The text spells a date, or a date with a time, that exists."
    )
    formats: tuple[Annotated[str, AfterValidator(known_date_format)], ...] = Field(
        min_length=1,
        title="Formats",
        description="One of these formats must fit: %Y %m %d %H %M %S %f, all digits present.",
        examples=[["%d.%m.%Y", "%Y-%m-%d"]],
    )

    def broken(self, value: CheckedExpression) -> CheckedExpression:
        return not_of_formats(value, self.formats)

    def says(self, column: str) -> str:
        return f"{column} is no date like {' or '.join(self.formats)}"


def not_email(value: CheckedExpression) -> CheckedExpression:
    return build.any_of([not_matching(value, EMAIL, whole=True), length_outside(value, None, EMAIL_MAX_LENGTH)])

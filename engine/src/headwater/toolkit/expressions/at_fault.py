"""What becomes of rows for which an expression has no result: quarantine, NULL, or the end of the load."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BeforeValidator

from headwater.sdk.processor import Reject, Rule
from headwater.toolkit.expressions.checked import CheckedExpression


def _named(value: object) -> object:
    """In YAML a bare null is no text, and whoever writes `on_error: null` means it."""
    return "null" if value is None else value


OnError = Annotated[Literal["reject", "null", "fail"], BeforeValidator(_named)]

ON_ERROR_MEANS = (
    "`reject` sends the row to quarantine with the reason, `null` goes on with NULL, "
    "`fail` ends the load and names the row."
)


def rule_for(
    expression: CheckedExpression, on_error: OnError, *, rule: str, column: str | None, message: str
) -> Rule | None:
    """The rule that rows without a result break; None when there can be no such row, or none is wanted."""
    broken = None if on_error == "null" else expression.failure()
    return None if broken is None else Rule(rule, column, broken, message, "fail" if on_error == "fail" else "reject")


def rejecting(rules: Iterable[Rule | None]) -> tuple[Reject, ...]:
    """One Reject of the rules there are, or nothing."""
    found = tuple(rule for rule in rules if rule is not None)
    return (Reject(found),) if found else ()

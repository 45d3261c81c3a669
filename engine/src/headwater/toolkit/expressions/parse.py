"""Text a person wrote → a checked expression. Importing this module loads the SQL parser."""

from __future__ import annotations

import pyarrow as pa

from headwater.sdk.errors import ConfigError
from headwater.toolkit.expressions.checked import CheckedExpression
from headwater.toolkit.expressions.grammar import syntax_tree
from headwater.toolkit.expressions.logic import condition_of
from headwater.toolkit.expressions.translate import Translator


def parse(text: str, *, columns: pa.Schema, place: str) -> CheckedExpression:
    """`place` begins every message: where the text is written, such as `filter.where`.

    Raises ConfigError: `config.syntax_error`, `config.unknown_column` (UnknownColumn), `config.ambiguous_column`,
    `config.unknown_function`, `config.unknown_type`, `config.invalid_cast`, `config.invalid_pattern`,
    `config.invalid_format`, `config.invalid_expression`.
    """
    tree = syntax_tree(text, place=place)
    try:
        return CheckedExpression(Translator(text, columns, place).node(tree))
    except RecursionError as cause:
        raise ConfigError(
            f"{place}: the expression is nested too deeply",
            hint="derive a column for a part of it first",
            code="config.expression_too_large",
        ) from cause


def parse_condition(text: str, *, columns: pa.Schema, place: str) -> CheckedExpression:
    """Like `parse`, for an expression that must be true or false."""
    found = parse(text, columns=columns, place=place)
    try:
        return CheckedExpression(condition_of(found.root))
    except ConfigError as error:
        raise ConfigError(f"{place}: {error.message}", hint=error.hint, code=error.public_code) from error

"""A tree → its SQL for one engine."""

from __future__ import annotations

from headwater.sdk.errors import ConfigError
from headwater.sdk.processor import Dialect
from headwater.toolkit.expressions.nodes import Column, Constant, Hidden, Literal, Node
from headwater.toolkit.expressions.sql_text import literal_sql, quote_name, quote_text

# A template may name an argument more than once, so the text can grow with each level of nesting.
_MAX_CHARACTERS = 500_000


def render(node: Node, dialect: Dialect) -> str:
    """Raises ConfigError when the text outgrows what an engine takes."""
    if isinstance(node, Column):
        return _column(node, dialect)
    if isinstance(node, Literal):
        return literal_sql(node.value, node.type, dialect)
    if isinstance(node, Hidden):
        return f"CAST(getvariable('{node.name}') AS BLOB)" if dialect == "duckdb" else f":{node.name}"
    if isinstance(node, Constant):
        return quote_text(node.duckdb if dialect == "duckdb" else node.spark, dialect)
    template = node.form.duckdb if dialect == "duckdb" else node.form.spark
    text = template.format(*(render(argument, dialect) for argument in node.arguments))
    if len(text) > _MAX_CHARACTERS:
        raise ConfigError(
            f"the expression becomes more than {_MAX_CHARACTERS} characters of SQL",
            hint="split it: derive a column for a part of it first",
            code="config.expression_too_large",
        )
    return text


def _column(node: Column, dialect: Dialect) -> str:
    text = quote_name(node.name, dialect)
    for step in node.path:
        if dialect == "duckdb":
            text = f"struct_extract({text}, {quote_text(step, dialect)})"
        else:
            text = f"{text}.{quote_name(step, dialect)}"
    return text

"""Aggregates over all rows: the few that every engine computes alike, and texts made of them.

Sums of integers and decimals are exact, in 38 digits; a sum, mean or spread of floats depends on the order of rows in
its last digits. NULLs do not count. Importing this module loads the SQL parser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import pyarrow as pa
from sqlglot import exp

from headwater.sdk.errors import ConfigError, nearest_hint
from headwater.sdk.processor import Dialect
from headwater.sdk.stream import Predicate
from headwater.toolkit.arrow_types import type_name
from headwater.toolkit.expressions.checked import CheckedExpression
from headwater.toolkit.expressions.grammar import syntax_tree
from headwater.toolkit.expressions.kinds import FLOAT64, INT64, is_number, kind_of
from headwater.toolkit.expressions.logic import condition_of
from headwater.toolkit.expressions.nodes import Call, Column, Form, Literal, Node, same, walk
from headwater.toolkit.expressions.render import render
from headwater.toolkit.expressions.sql_text import sql_type
from headwater.toolkit.expressions.translate import Translator

_ORDERED = ("bool", "int", "decimal", "float", "text", "date", "timestamp", "timestamptz", "time")


def _count(node: Node) -> Node:
    return Call("aggregate", same("count({0})"), (node,), INT64)


def _count_distinct(node: Node) -> Node:
    return Call("aggregate", same("count(DISTINCT {0})"), (node,), INT64)


def _count_if(node: Node) -> Node:
    return Call("aggregate", same("count(CASE WHEN {0} THEN 1 END)"), (condition_of(node),), INT64)


def _sum(node: Node) -> Node:
    _need_number("sum", node)
    if kind_of(node.type) == "float":
        return Call("aggregate", same("sum(CAST({0} AS DOUBLE))"), (node,), FLOAT64)
    total = pa.decimal128(38, node.type.scale if pa.types.is_decimal(node.type) else 0)
    # DuckDB sums integers in 128 bits by itself; Spark would overflow in 64.
    form = Form(f"CAST(sum({{0}}) AS {sql_type(total, 'duckdb')})", f"sum(CAST({{0}} AS {sql_type(total, 'spark')}))")
    return Call("aggregate", form, (node,), total)


def _mean(node: Node) -> Node:
    _need_number("avg", node)
    return Call("aggregate", same("avg(CAST({0} AS DOUBLE))"), (node,), FLOAT64)


def _spread(node: Node) -> Node:
    _need_number("stddev", node)
    return Call("aggregate", same("stddev_samp(CAST({0} AS DOUBLE))"), (node,), FLOAT64)


def _extreme(name: str) -> Callable[[Node], Node]:
    def build(node: Node) -> Node:
        if kind_of(node.type) not in _ORDERED:
            raise ConfigError(
                f"{name} wants values that have an order, and this is {type_name(node.type)}",
                hint="take a part of it",
                code="config.invalid_expression",
            )
        return Call("aggregate", same(f"{name}({{0}})"), (node,), node.type)

    return build


def _need_number(name: str, node: Node) -> None:
    if not is_number(node.type):
        raise ConfigError(
            f"{name} wants a number, and this is {type_name(node.type)}",
            hint="cast it, for example CAST(x AS decimal(18,2))",
            code="config.invalid_expression",
        )


AGGREGATES: Mapping[str, Callable[[Node], Node]] = MappingProxyType(
    {
        "avg": _mean,
        "count": _count,
        "count_if": _count_if,
        "max": _extreme("max"),
        "mean": _mean,
        "min": _extreme("min"),
        "stddev": _spread,
        "sum": _sum,
    }
)
_ALL_ROWS = Call("aggregate", same("count(*)"), (), INT64)


@dataclass(frozen=True, slots=True)
class AggregateExpression:
    """A value computed from all rows. Implements `sdk.processor.Expression`."""

    root: Node

    @property
    def columns(self) -> frozenset[str]:
        return frozenset(node.name for node in walk(self.root) if isinstance(node, Column))

    @property
    def type(self) -> pa.DataType:
        return self.root.type

    def sql(self, dialect: Dialect) -> str:
        """DuckDB takes no aggregate inside TRY: what is around the aggregates then gets them in a list of one."""
        found = list(dict.fromkeys(_aggregates(self.root)))
        outside = _with_columns(
            self.root, {node: Column("hw", node.type, (f"a{at}",)) for at, node in enumerate(found)}
        )
        around = render(outside, dialect)
        if dialect != "duckdb" or "TRY(" not in around:
            return render(self.root, dialect)
        pairs = ", ".join(f"'a{at}': {render(node, dialect)}" for at, node in enumerate(found))
        return f"list_transform([{{{pairs}}}], lambda hw: {around})[1]"

    def predicates(self, schema: pa.Schema) -> tuple[Predicate, ...]:
        return ()


def _aggregates(node: Node) -> list[Call]:
    if not isinstance(node, Call):
        return []
    if node.name == "aggregate":
        return [node]
    return [found for argument in node.arguments for found in _aggregates(argument)]


def _with_columns(node: Node, columns: Mapping[Call, Column]) -> Node:
    if not isinstance(node, Call):
        return node
    if node in columns:
        return columns[node]
    return replace(node, arguments=tuple(_with_columns(argument, columns) for argument in node.arguments))


def row_count() -> AggregateExpression:
    return AggregateExpression(_ALL_ROWS)


def aggregate(name: str, value: CheckedExpression) -> AggregateExpression:
    """`name` is a key of AGGREGATES. Raises ConfigError for a value that it does not take."""
    return AggregateExpression(AGGREGATES[name](value.root))


def distinct_count(value: CheckedExpression) -> AggregateExpression:
    return AggregateExpression(_count_distinct(value.root))


def completeness(value: CheckedExpression) -> AggregateExpression:
    """The share of rows that have a value, 0 to 1; 1 when there is no row."""
    form = same("CASE WHEN count(*) = 0 THEN CAST(1 AS DOUBLE) ELSE CAST(count({0}) AS DOUBLE) / count(*) END")
    return AggregateExpression(Call("aggregate", form, (value.root,), FLOAT64))


def parse_aggregate(text: str, *, columns: pa.Schema, place: str) -> AggregateExpression:
    """An expression whose every column stands inside an aggregate. Raises ConfigErrors as `parse.parse` does."""
    tree = syntax_tree(text, place=place)
    try:
        found = _AggregateTranslator(text, columns, place).node(tree)
    except RecursionError as cause:
        raise ConfigError(
            f"{place}: the expression is nested too deeply",
            hint="make two rules of it",
            code="config.expression_too_large",
        ) from cause
    if isinstance(found, Literal):
        raise ConfigError(
            f"{place}: there is no aggregate in it",
            hint=f"for example sum(amount) or count(*); there is: {', '.join(AGGREGATES)}",
            code="config.invalid_expression",
        )
    return AggregateExpression(found)


class _AggregateTranslator(Translator):
    """Around the aggregates stands what may stand in any expression; inside them, expressions of one row."""

    def __init__(self, text: str, schema: pa.Schema, place: str) -> None:
        super().__init__(text, schema, place)
        self._row = Translator(text, schema, place)

    def _column(self, tree: exp.Column) -> Node:
        # An unknown column is said to be unknown first.
        self._row.node(tree)
        raise ConfigError(
            f"{tree.name} stands outside an aggregate, and there are many rows",
            hint=f"write max({tree.name}), sum({tree.name}) …; there is: {', '.join(AGGREGATES)}",
            code="config.invalid_expression",
        )

    def _function(self, tree: exp.Anonymous) -> Node:
        name = tree.name.lower()
        build = AGGREGATES.get(name)
        if build is None:
            return self._other_function(name, tree)
        if len(tree.expressions) != 1:
            raise ConfigError(
                f"{name} takes one argument", hint=f"write {name}(column)", code="config.invalid_expression"
            )
        argument = tree.expressions[0]
        if isinstance(argument, exp.Star) and name == "count":
            return _ALL_ROWS
        if isinstance(argument, exp.Distinct) and name == "count" and len(argument.expressions) == 1:
            return _count_distinct(self._row.node(argument.expressions[0]))
        return build(self._row.node(argument))

    def _other_function(self, name: str, tree: exp.Anonymous) -> Node:
        try:
            return super()._function(tree)
        except ConfigError as error:
            if error.public_code != "config.unknown_function":
                raise
            hint = nearest_hint(name, sorted(AGGREGATES))
            raise ConfigError(error.message, hint=f"of aggregates {hint}", code=error.public_code) from error

"""Text a person wrote → a checked query over streams. Importing this module loads the SQL parser.

A query is one SELECT (joins, aggregates, windows, CTEs, UNION …) whose tables are streams, by their names. Promises: it
reads nothing but these streams; names are quoted, types are the project file's (`int8` has 8 bits); what gives
another value each time is refused. Columns and types are found when the query is bound (`plan.bind`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from headwater.sdk.errors import ConfigError, UnknownName
from headwater.sdk.processor import Dialect
from headwater.sdk.stream import Predicate
from headwater.toolkit.duckdb_sql import duckdb_type
from headwater.toolkit.expressions.grammar import pointed, query_sql, syntax_tree
from headwater.toolkit.expressions.query_rules import DUCKDB_NAMES, refuse
from headwater.toolkit.expressions.type_names import arrow_type


@dataclass(frozen=True, slots=True)
class CheckedQuery:
    """Implements `sdk.processor.Expression` for a whole query. `inputs` are the streams it reads, in order of text."""

    duckdb: str
    spark: str
    inputs: tuple[str, ...] = ()

    @property
    def columns(self) -> frozenset[str]:
        """None: what a query reads are streams."""
        return frozenset()

    def sql(self, dialect: Dialect) -> str:
        return self.duckdb if dialect == "duckdb" else self.spark

    def predicates(self, schema: pa.Schema) -> tuple[Predicate, ...]:
        return ()


def parse_query(text: str, schemas: Mapping[str, pa.Schema], *, place: str, portable: bool = True) -> CheckedQuery:
    """`schemas` are the streams that may be read. Without `portable`, any function and syntax of DuckDB is taken that
    gives the same rows for the same streams.

    Raises ConfigError: `config.syntax_error`, `config.unknown_stream` (UnknownName), `config.unknown_function`,
    `config.unknown_type`, `config.invalid_query`.
    """
    tree = syntax_tree(text, place=place)
    if not isinstance(tree, exp.Query) or isinstance(tree, exp.Table):
        raise ConfigError(
            f"{place}: this is no query{pointed(text, 0)}",
            hint="write SELECT … FROM a stream; one query makes one stream",
            code="config.invalid_query",
        )
    refuse(tree, text, place, portable=portable)
    inputs = _named(tree, schemas, place)
    _typed(tree, text, place)
    for function in tree.find_all(exp.Anonymous):
        function.set("this", DUCKDB_NAMES.get(function.name.lower(), function.name))
    duckdb = _written(tree, place)
    return CheckedQuery(duckdb, _for_spark(duckdb, place) if portable else duckdb, inputs)


def _named(tree: exp.Expr, schemas: Mapping[str, pa.Schema], place: str) -> tuple[str, ...]:
    """Every table becomes the quoted name of its stream; the streams, in the order in which they are written."""
    parts = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    if hidden := sorted(name for name in schemas if name.lower() in parts):
        raise ConfigError(
            f"{place}: WITH gives the name {hidden[0]!r}, and there is a stream of that name",
            hint="choose another name for the part",
            code="config.invalid_query",
        )
    found: dict[str, None] = {}
    for table in list(tree.find_all(exp.Table)):
        written = ".".join(part.name for part in table.parts)
        if len(table.parts) == 1 and written.lower() in parts:
            continue
        stream = _stream(written, schemas, place)
        found.setdefault(stream)
        called = table.alias or table.parts[-1].name
        table.set("this", exp.to_identifier(stream, quoted=True))
        table.set("db", None)
        table.set("catalog", None)
        if called != stream and not table.alias:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(called, quoted=True)))
    return tuple(sorted(found, key=lambda name: list(found).index(name)))


def _stream(written: str, schemas: Mapping[str, pa.Schema], place: str) -> str:
    if written in schemas:
        return written
    alike = [name for name in schemas if name.lower() == written.lower()]
    if len(alike) == 1:
        return alike[0]
    raise UnknownName("stream", written, schemas, place=place)


def _typed(tree: exp.Expr, text: str, place: str) -> None:
    for cast in tree.find_all(exp.Cast):
        named = cast.args["to"]
        try:
            target = arrow_type(named)
        except ConfigError as error:
            mark = pointed(text, _position(cast))
            raise ConfigError(f"{place}: {error.message}{mark}", hint=error.hint, code=error.public_code) from error
        cast.set("to", exp.Var(this=duckdb_type(target)))


def _position(tree: exp.Expr) -> int | None:
    places = [node.meta["start"] for node in tree.walk() if "start" in node.meta]
    return min(places) if places else None


def _written(tree: exp.Expr, place: str) -> str:
    try:
        return query_sql(tree)
    except SqlglotError as cause:
        raise ConfigError(f"{place}: {cause}", hint="write it more plainly", code="config.invalid_query") from cause


def _summed(node: exp.Expr) -> exp.Expr:
    """DuckDB sums integers in 128 bits and means decimals as floats; Spark does neither by itself."""
    if not isinstance(node, exp.Sum | exp.Avg):
        return node
    several = node.this.expressions if isinstance(node.this, exp.Distinct) else [node.this]
    for value in several:
        if isinstance(node, exp.Avg):
            value.replace(exp.cast(value.copy(), "double"))
        else:
            value.replace(
                exp.Mul(this=exp.paren(value.copy()), expression=exp.cast(exp.Literal.number(1), "decimal(1,0)"))
            )
    return node


def _for_spark(duckdb: str, place: str) -> str:
    try:
        tree = sqlglot.parse_one(duckdb, read="duckdb").transform(_summed)
        return tree.sql(dialect="spark", identify=True, unsupported_level=ErrorLevel.RAISE)
    except SqlglotError as cause:
        raise ConfigError(
            f"{place}: the query cannot be written for every engine",
            hint="write it more plainly, or set `portable: false`",
            code="config.invalid_query",
        ) from cause

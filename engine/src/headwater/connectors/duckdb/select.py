"""The query of one partition: columns, predicates, cursor range and row range as DuckDB SQL with bound values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import pyarrow as pa

from headwater.connectors.duckdb.catalog import Relation
from headwater.connectors.duckdb.types import Column, made_type
from headwater.sdk.stream import Json, Predicate
from headwater.toolkit.arrow_types import logical
from headwater.toolkit.identifiers import quote_identifier
from headwater.toolkit.pushdown import can_carry, predicate_from_json, range_from_json


def pushable(column: Column, predicate: Predicate) -> bool:
    """Whether DuckDB, given the predicate, keeps exactly the rows it means."""
    return can_carry(column.field, predicate)


def select(
    relation: Relation, wanted: Sequence[Column], known: Mapping[str, Column], detail: Mapping[str, Json]
) -> tuple[str, list[object]]:
    """The SQL text and the values to bind."""
    tests: list[str] = []
    values: list[object] = []
    for item in cast(list[Json], detail["predicates"]):
        predicate = predicate_from_json(cast(Mapping[str, Json], item))
        tests.append(_test(known[predicate.column], predicate, values))
    cursor = range_from_json(cast(Mapping[str, Json] | None, detail["cursor"]))
    if cursor is not None:
        column = known[cursor.column]
        ends = [f"{_filtered(column)} IS NOT NULL"]
        for operator, end in ((">=", cursor.lower), ("<=", cursor.upper)):
            if end is not None:
                ends.append(f"{_filtered(column)} {operator} {_bound(column, end, values)}")
        inside = " AND ".join(ends)
        tests.append(f"({inside} OR {_filtered(column)} IS NULL)" if cursor.nulls else inside)
    start, stop = cast(list[int | None], detail["rows"])
    tests += [f"rowid >= {start}"] if start is not None else []
    tests += [f"rowid < {stop}"] if stop is not None else []
    listed = ", ".join(f"{column.expression} AS {quote_identifier(column.field.name)}" for column in wanted)
    where = f" WHERE {' AND '.join(tests)}" if tests else ""
    limit = f" LIMIT {detail['limit']}" if "limit" in detail else ""
    return f"SELECT {listed} FROM {relation.sql}{where}{limit}", values


def _filtered(column: Column) -> str:
    """Logical types compare as the text they are read as; the others as they are, so that row groups can be skipped."""
    return column.expression if logical(column.field) else column.raw


def _test(column: Column, predicate: Predicate, values: list[object]) -> str:
    subject = _filtered(column)
    if predicate.operator == "is_null":
        return f"{subject} IS NULL"
    if predicate.operator == "is_not_null":
        return f"{subject} IS NOT NULL"
    bound = [_bound(column, value, values) for value in predicate.values]
    if predicate.operator == "in":
        return f"{subject} IN ({', '.join(bound)})"
    return f"{subject} {predicate.operator} {bound[0]}"


def _bound(column: Column, value: pa.Scalar, values: list[object]) -> str:
    plain = pa.field(column.field.name, value.type)
    values.append(value.as_py())
    return f"CAST(? AS {made_type(plain)})"

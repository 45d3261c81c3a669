"""How one column of a file becomes one column of a scan: exactly, or as a conflict that says so.

DuckDB alone would read `1.5` into an integer column as 2, a time stamp into a date column as its day, `007` as 7, and
in a TIMESTAMP it ignores `+02:00`. Here every text either is a value of the type or conflicts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

import pyarrow as pa

from headwater.sdk.stream import Json
from headwater.toolkit.arrow_types import field_type_name, logical
from headwater.toolkit.duckdb_sql import duckdb_type
from headwater.toolkit.identifiers import quote_identifier, quote_literal

Conflicts = Literal["fail", "mark"]

conflict_column = "headwater_conflicts"  # VARCHAR[]: the columns whose text is not of their type; NULL when all are
conflict_text_column = "headwater_text"  # VARCHAR: the row's checked texts as a JSON object; NULL when none conflicts


@dataclass(frozen=True, slots=True)
class Column:
    """How one column of a file becomes a column of the scan: the type the reader gives, and the expression over it.

    `value` is NULL where the raw value conflicts; `conflict` is then true (None: the reader itself judges the value).
    """

    name: str
    read_as: str
    value: str
    conflict: str | None = None


def cell(field: pa.Field, column: Column | None, conflicts: Conflicts) -> str:
    name = quote_identifier(field.name)
    if column is None:
        return f"CAST(NULL AS {duckdb_type(field.type)}) AS {name}"
    if column.conflict is None or conflicts == "mark":
        return column.value if column.value == name else f"{column.value} AS {name}"
    message = quote_literal(f"column {field.name!r} holds a value that is no {field_type_name(field)}: ")
    raised = f"CAST(error({message} || left({name}::VARCHAR, 200)) AS {duckdb_type(field.type)})"
    return f"CASE WHEN {column.conflict} THEN {raised} ELSE {column.value} END AS {name}"


def marks(checked: Sequence[Column]) -> list[str]:
    if not checked:
        return [f"CAST(NULL AS VARCHAR[]) AS {conflict_column}", f"CAST(NULL AS VARCHAR) AS {conflict_text_column}"]
    found = ", ".join(f"CASE WHEN {column.conflict} THEN {quote_literal(column.name)} END" for column in checked)
    texts = ", ".join(f"{quote_literal(column.name)}: {quote_identifier(column.name)}" for column in checked)
    named = f"list_filter([{found}], lambda name: name IS NOT NULL)"
    text = f"CASE WHEN len({named}) > 0 THEN CAST(to_json({{{texts}}}) AS VARCHAR) END"
    return [f"nullif({named}, []) AS {conflict_column}", f"{text} AS {conflict_text_column}"]


def parquet_column(field: pa.Field, maps: Sequence[str]) -> Column:
    name = quote_identifier(field.name)
    source = f"map_entries({name})" if field.name in maps else name
    return Column(field.name, "", f"CAST({source} AS {duckdb_type(field.type)})")


def text_column(format: Literal["csv", "json"], field: pa.Field, options: Mapping[str, Json]) -> Column:
    name, target = quote_identifier(field.name), duckdb_type(field.type)
    formats = cast("dict[str, str]", options.get("formats") or {})
    comma = options.get("decimal_separator") == ","
    is_ = pa.types
    if field.name in formats:
        parsed = f"try_strptime({name}, {quote_literal(formats[field.name])})"
        return _checked(field.name, f"CAST({parsed} AS {target})")
    if is_.is_integer(field.type):
        return _integer(field.name, target)
    if is_.is_date(field.type):
        return _date(field.name)
    if is_.is_time(field.type):
        return _checked(field.name, f"CASE WHEN strlen({name}) <= 15 THEN TRY_CAST({name} AS TIME) END")
    if is_.is_timestamp(field.type):
        return _timestamp(field)
    if comma and (is_.is_floating(field.type) or is_.is_decimal(field.type)):
        plain = f"regexp_full_match({name}, '\\s*[+-]?[0-9]*,?[0-9]+([eE][+-]?[0-9]+)?\\s*')"
        return _checked(field.name, f"CASE WHEN {plain} THEN TRY_CAST(replace({name}, ',', '.') AS {target}) END")
    if is_.is_decimal(field.type):
        return _decimal(field.name, target, field.type.scale)
    if is_.is_interval(field.type):
        return _checked(field.name, f"TRY_CAST({name} AS INTERVAL)")
    if is_.is_binary(field.type):
        return _checked(field.name, f"TRY_CAST({name} AS BLOB)")
    if is_.is_nested(field.type):
        return _checked(field.name, f"TRY_CAST(TRY_CAST({name} AS JSON) AS {target})")
    if format == "json" and logical(field) == "json":
        return Column(field.name, "JSON", f"CAST({name} AS VARCHAR)")
    return Column(field.name, target, name)


def _checked(column: str, value: str) -> Column:
    """A column read as text: a conflict is a text that is not empty and gives no value."""
    name = quote_identifier(column)
    return Column(column, "VARCHAR", value, f"({value} IS NULL AND {name} <> '')")


def _integer(column: str, target: str) -> Column:
    """Digits that print as they were read; the slower second look lets `+5`, ` 5` and `5.0` through, and `007` not."""
    name = quote_identifier(column)
    number = f"TRY_CAST({name} AS {target})"
    plain = f"regexp_full_match({name}, '\\s*[+-]?(0|[1-9][0-9]*)(\\.0*)?\\s*')"
    same = f"CAST({number} AS VARCHAR) = {name}"
    return _checked(column, f"CASE WHEN {same} THEN {number} WHEN {plain} THEN {number} END")


def _decimal(column: str, target: str, scale: int) -> Column:
    """DuckDB would round; digits after the point that the type has no place for must be zeros."""
    name = quote_identifier(column)
    short = f"strlen(split_part({name}, '.', 2)) <= {scale} AND NOT contains({name}, 'e') AND NOT contains({name}, 'E')"
    exact = f"regexp_full_match({name}, '\\s*[+-]?[0-9]*\\.?[0-9]{{0,{scale}}}0*\\s*')"
    number = f"TRY_CAST({name} AS {target})"
    return _checked(column, f"CASE WHEN {short} THEN {number} WHEN {exact} THEN {number} END")


def _date(column: str) -> Column:
    """A day, or a time stamp at midnight; DuckDB's words `epoch` and `infinity` are no days."""
    name = quote_identifier(column)
    day = f"TRY_CAST({name} AS DATE)"
    short = f"strlen({name}) <= 10 AND {name} < ':' AND isfinite({day})"
    midnight = f"regexp_full_match({name}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[ T]00:00(:00(\\.0+)?)?(Z|[+-]00(:?00)?)?')"
    return _checked(column, f"CASE WHEN {short} THEN {day} WHEN {midnight} THEN {day} END")


def _timestamp(field: pa.Field) -> Column:
    """Read with its offset, which DuckDB ignores in a TIMESTAMP; without a zone it is then the time in UTC."""
    name = quote_identifier(field.name)
    value = name if field.type.tz else f"make_timestamp(epoch_us({name}))"
    return Column(field.name, "TIMESTAMPTZ", f"CASE WHEN isfinite({name}) THEN {value} END", f"NOT isfinite({name})")

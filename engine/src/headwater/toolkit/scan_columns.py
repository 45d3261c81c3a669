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
from headwater.toolkit.duckdb_sql import any_of, duckdb_type
from headwater.toolkit.identifiers import quote_identifier, quote_literal

Conflicts = Literal["fail", "mark"]

conflict_column = "headwater_conflicts"  # VARCHAR[]: the columns whose text is not of their type; NULL when all are
conflict_text_column = "headwater_text"  # VARCHAR: the row's checked texts as a JSON object; NULL when none conflicts

_TRY = "headwater_try"
_DOUBLE_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Column:
    """How one column of a file becomes a column of the scan: the type the reader gives, and what is made of it.

    `attempt` is the value, or NULL, made of the raw column; `exact` says (with `headwater_try` for the attempt) whether
    it may stand; a raw value that is there, and whose attempt may not stand, conflicts. `there` tells when one is: a
    text when it is not empty, another value when it is not NULL; None: the reader itself judges the value.

    Attempts are columns of their own in the SQL, for DuckDB's search for common subexpressions takes the square of
    their number.
    """

    name: str
    read_as: str
    attempt: str
    exact: str = ""
    there: Literal["not empty", "not null"] | None = None

    def is_there(self, raw: str) -> str:
        return f"{raw} <> ''" if self.there == "not empty" else f"{raw} IS NOT NULL"

    @property
    def holds(self) -> str:
        """Whether a value that is there is exactly of the type."""
        return self.exact.replace(_TRY, f"({self.attempt})")


def select_sql(
    schema: pa.Schema, columns: Sequence[Column], table: str, conflicts: Conflicts, *, carried: Sequence[str] = ()
) -> str:
    """The columns of `schema` over a table that gives the raw ones; NULL for those that it does not have.

    `carried` are further columns of the table that come through under "mark".
    """
    by_name = {column.name: column for column in columns}
    checked = [column for column in columns if column.there is not None]
    numbers = {column.name: at for at, column in enumerate(checked)}
    tries = ", ".join(f"{column.attempt} AS {_TRY}_{at}" for at, column in enumerate(checked))
    source = f"(SELECT *, {tries} FROM {table})" if tries else table
    raises = conflicts == "fail"
    cells = [_cell(field, by_name.get(field.name), numbers.get(field.name), raises=raises) for field in schema]
    if raises:
        return f"SELECT {', '.join(cells)} FROM {source}"
    raw = [f"{quote_identifier(column.name)} AS {_raw(at)}" for at, column in enumerate(checked)]
    names = ", ".join([*map(quote_identifier, schema.names), *carried])
    marks = _marks(checked) if checked else no_marks()
    return f"SELECT {names}, {marks} FROM (SELECT {', '.join([*cells, *raw, *carried])} FROM {source})"


def no_marks() -> str:
    return f"CAST(NULL AS VARCHAR[]) AS {conflict_column}, CAST(NULL AS VARCHAR) AS {conflict_text_column}"


def _raw(at: int) -> str:
    return f"headwater_raw_{at}"


def _cell(field: pa.Field, column: Column | None, number: int | None, *, raises: bool) -> str:
    name, target = quote_identifier(field.name), duckdb_type(field.type)
    if column is None:
        return f"CAST(NULL AS {target}) AS {name}"
    if column.there is None:
        return column.attempt if column.attempt == name else f"{column.attempt} AS {name}"
    attempt = f"{_TRY}_{number}"
    exact = column.exact.replace(_TRY, attempt)
    raised = ""
    if raises:
        message = quote_literal(f"column {field.name!r} holds a value that is no {field_type_name(field)}: ")
        raised = f" WHEN {column.is_there(name)} THEN CAST(error({message} || left({name}::VARCHAR, 200)) AS {target})"
    return f"CASE WHEN {exact} THEN {attempt}{raised} END AS {name}"


def _marks(checked: Sequence[Column]) -> str:
    flags = [
        f"({quote_identifier(column.name)} IS NULL AND {column.is_there(_raw(at))})"
        for at, column in enumerate(checked)
    ]
    named = ", ".join(
        f"CASE WHEN {flag} THEN {quote_literal(column.name)} END" for flag, column in zip(flags, checked, strict=True)
    )
    texts = ", ".join(f"{quote_literal(column.name)}: CAST({_raw(at)} AS VARCHAR)" for at, column in enumerate(checked))
    any_flag = any_of(flags)
    columns = f"list_filter([{named}], lambda name: name IS NOT NULL)"
    return (
        f"CASE WHEN {any_flag} THEN {columns} END AS {conflict_column}, "
        f"CASE WHEN {any_flag} THEN CAST(to_json({{{texts}}}) AS VARCHAR) END AS {conflict_text_column}"
    )


def parquet_column(field: pa.Field, maps: Sequence[str]) -> Column:
    name = quote_identifier(field.name)
    source = f"map_entries({name})" if field.name in maps else name
    return Column(field.name, "", f"CAST({source} AS {duckdb_type(field.type)})")


def text_column(
    format: Literal["csv", "json"],
    field: pa.Field,
    options: Mapping[str, Json],
    *,
    raw: Literal["typed", "text"] = "typed",
) -> Column:
    """`raw="text"`: the raw column is text even where a reader could give the type; JSON stays JSON."""
    is_ = pa.types
    name, target = quote_identifier(field.name), duckdb_type(field.type)
    formats = cast("dict[str, str]", options.get("formats") or {})
    if field.name in formats:
        parsed = f"try_strptime({name}, {quote_literal(formats[field.name])})"
        return _checked(field.name, f"CAST({parsed} AS {target})")
    if format == "json" and logical(field) == "json":
        return Column(field.name, "JSON", f"CAST({name} AS VARCHAR)")
    if is_.is_string(field.type):
        return Column(field.name, "VARCHAR", name)
    if is_.is_timestamp(field.type):
        return _timestamp(field, raw)
    if options.get("decimal_separator") == "," and (is_.is_floating(field.type) or is_.is_decimal(field.type)):
        plain = f"regexp_full_match({name}, '\\s*[+-]?[0-9]*,?[0-9]+([eE][+-]?[0-9]+)?\\s*')"
        return _checked(field.name, f"CASE WHEN {plain} THEN TRY_CAST(replace({name}, ',', '.') AS {target}) END")
    if is_.is_floating(field.type) or is_.is_boolean(field.type):
        judged = Column(field.name, target, name)
        return judged if raw == "typed" else _checked(field.name, f"TRY_CAST({name} AS {target})")
    if is_.is_nested(field.type):
        return _checked(field.name, f"TRY_CAST(TRY_CAST({name} AS JSON) AS {target})")
    return _checked(field.name, f"TRY_CAST({name} AS {target})", _exact(field.type, name))


def number_column(field: pa.Field) -> Column | None:
    """JSON numbers as the reader has them, without a text in between: for types whose every value a double holds, so
    that a double is exactly of the type when it comes back the same. Anything that is no number fails the query.
    """
    small = pa.types.is_integer(field.type) and field.type.bit_width <= 32
    if not small and not (pa.types.is_decimal(field.type) and field.type.precision <= _DOUBLE_DIGITS):
        return None
    name = quote_identifier(field.name)
    made = f"TRY_CAST({name} AS {duckdb_type(field.type)})"
    return Column(field.name, "DOUBLE", made, f"CAST({_TRY} AS DOUBLE) = {name}", "not null")


def _exact(data_type: pa.DataType, name: str) -> str:
    """What a text must be, besides castable, for its value to be all that it says."""
    if pa.types.is_integer(data_type):
        # Digits that print as they were read; the slower second look lets `+5`, ` 5` and `5.0` through, and `007` not.
        plain = f"regexp_full_match({name}, '\\s*[+-]?(0|[1-9][0-9]*)(\\.0*)?\\s*')"
        return f"(CAST({_TRY} AS VARCHAR) = {name} OR {plain})"
    if pa.types.is_decimal(data_type):
        # DuckDB would round; digits after the point that the type has no place for must be zeros.
        scale = data_type.scale
        short = (
            f"strlen(split_part({name}, '.', 2)) <= {scale} AND NOT contains({name}, 'e') AND NOT contains({name}, 'E')"
        )
        zeros = f"regexp_full_match({name}, '\\s*[+-]?[0-9]*\\.?[0-9]{{0,{scale}}}0*\\s*')"
        return f"({short} OR {zeros})"
    if pa.types.is_date(data_type):
        # A day, or a time stamp at midnight; DuckDB's words `epoch` and `infinity` are no days.
        hours = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]00:00(:00(\.0+)?)?(Z|[+-]00(:?00)?)?"
        midnight = f"regexp_full_match({name}, '{hours}')"
        return f"(strlen({name}) <= 10 AND {name} < ':' AND isfinite({_TRY}) OR {midnight})"
    if pa.types.is_time(data_type):
        return f"strlen({name}) <= 15"
    return ""


def _checked(column: str, attempt: str, exact: str = "") -> Column:
    """A column read as text: a conflict is a text that is not empty and gives no value, or not exactly its own."""
    made = f"{_TRY} IS NOT NULL"
    return Column(column, "VARCHAR", attempt, f"{made} AND {exact}" if exact else made, "not empty")


def _timestamp(field: pa.Field, raw: Literal["typed", "text"]) -> Column:
    """Read with its offset, which DuckDB ignores in a TIMESTAMP; without a zone it is then the time in UTC."""
    name = quote_identifier(field.name)
    instant = name if raw == "typed" else f"TRY_CAST({name} AS TIMESTAMPTZ)"
    value = instant if field.type.tz else f"make_timestamp(epoch_us({instant}))"
    attempt = f"CASE WHEN isfinite({instant}) THEN {value} END"
    if raw == "text":
        return _checked(field.name, attempt)
    return Column(field.name, "TIMESTAMPTZ", attempt, f"{_TRY} IS NOT NULL", "not null")

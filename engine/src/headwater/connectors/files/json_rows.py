"""JSON records as rows, one by one, so that a record that is no row costs only itself.

The text of every record is kept beside its values: what is not JSON, no object, or has a value of another type than its
column, is marked with its number and text. The values are those of a native scan (`toolkit.scan_columns`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

import pyarrow as pa

from headwater.sdk.stream import Json
from headwater.toolkit.duckdb_sql import duckdb_type
from headwater.toolkit.identifiers import quote_identifier, quote_literal
from headwater.toolkit.scan_columns import Column, conflict_column, conflict_text_column, text_column
from headwater.toolkit.scan_sql import glob_literal, max_record_bytes

record_column = "headwater_record"  # BIGINT: the record's number in its file, from 1; of lines, the line's
_JUDGED = "headwater_judged"


def json_rows_sql(name: str, schema: pa.Schema, options: Mapping[str, Json], where: str | None) -> str:
    """The records under `name`: `schema`, the record's number, and for those set aside the columns at fault and the
    text. A record that is no object names no column.
    """
    columns = [text_column("json", field, options) for field in schema]
    text = "text" if options.get("format", "newline_delimited") == "newline_delimited" else "CAST(json AS VARCHAR)"
    structure = {column.name: _raw_type(column) for column in columns}
    records = (
        f"SELECT row_number() OVER () AS {record_column}, {text} AS record, json_valid(record) AS valid, "
        f"CASE WHEN valid THEN json_type(record) IN ('OBJECT', 'NULL') ELSE false END AS whole "
        f"FROM {_source(name, options)}"
    )
    values = (
        f"SELECT {record_column}, record, whole, json_transform(CASE WHEN whole THEN record END, "
        f"{quote_literal(_json_text(structure))}) AS v FROM ({records}) WHERE trim(record) <> ''"
    )
    raw = ", ".join(f"v.{quote_identifier(column.name)} AS {quote_identifier(column.name)}" for column in columns)
    judged = ", ".join(_conflict(column) for column in columns)
    typed = ", ".join(_typed(column) for column in columns)
    cells = ", ".join(f"{_value(column, field)}" for column, field in zip(columns, schema, strict=True))
    inner = f"SELECT {record_column}, record, whole, {raw} FROM ({values})"
    judging = (
        f"SELECT {record_column}, record, whole, list_filter([{judged}], lambda name: name IS NOT NULL) AS {_JUDGED}, "
        f"{typed} FROM ({inner})"
    )
    bad = f"(NOT whole OR len({_JUDGED}) > 0)"
    rows = (
        f"SELECT {cells}, {record_column}, CASE WHEN {bad} THEN {_JUDGED} END AS {conflict_column}, "
        f"CASE WHEN {bad} THEN left(record, 4096) END AS {conflict_text_column} FROM ({judging})"
    )
    return f"({rows})" if not where else f"(SELECT * FROM ({rows}) WHERE ({where}) OR {conflict_column} IS NOT NULL)"


def _source(name: str, options: Mapping[str, Json]) -> str:
    file = quote_literal(glob_literal(name))
    format = cast(str, options.get("format", "newline_delimited"))
    if format == "newline_delimited":
        # JSON has no raw control character, so nothing cuts a record that is one.
        return (
            f"read_csv([{file}], auto_detect=false, header=false, columns={{'text': 'VARCHAR'}}, delim='\x01', "
            f"quote='', escape='', store_rejects=true, max_line_size={max_record_bytes}, "
            f"buffer_size={2 * max_record_bytes})"
        )
    packed = f", compression={quote_literal(options['compression'])}" if options.get("compression") else ""
    return (
        f"read_json_objects([{file}], format={quote_literal(format)}, maximum_object_size={max_record_bytes}{packed})"
    )


def _raw_type(column: Column) -> str:
    return "JSON" if column.read_as == "JSON" else "VARCHAR"


def _judges_itself(column: Column) -> bool:
    """Whether a native scan leaves the judgement of the text to DuckDB's reader."""
    return column.read_as not in ("VARCHAR", "JSON")


def _typed(column: Column) -> str:
    name = quote_identifier(column.name)
    return f"TRY_CAST({name} AS {column.read_as}) AS {name}" if _judges_itself(column) else name


def _conflict(column: Column) -> str:
    name = quote_identifier(column.name)
    if _judges_itself(column):
        test = f"{name} IS NOT NULL AND TRY_CAST({name} AS {column.read_as}) IS NULL"
    elif column.conflict is not None:
        test = column.conflict
    else:
        return "NULL"
    return f"CASE WHEN {test} THEN {quote_literal(column.name)} END"


def _value(column: Column, field: pa.Field) -> str:
    return f"CAST({column.value} AS {duckdb_type(field.type)}) AS {quote_identifier(column.name)}"


def _json_text(structure: Mapping[str, str]) -> str:
    return json.dumps(structure, ensure_ascii=False)

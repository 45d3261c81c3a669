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
from headwater.toolkit.identifiers import quote_identifier, quote_literal
from headwater.toolkit.scan_columns import conflict_column, conflict_text_column, select_sql, text_column
from headwater.toolkit.scan_sql import glob_literal, max_record_bytes

record_column = "headwater_record"  # BIGINT: the record's number in its file, from 1; of lines, the line's
_RECORD, _WHOLE = "headwater_record_text", "headwater_whole"


def json_rows_sql(name: str, schema: pa.Schema, options: Mapping[str, Json], where: str | None) -> str:
    """The records under `name`: `schema`, the record's number, and for those set aside the columns at fault and the
    text. A record that is no object names no column.
    """
    columns = [text_column("json", field, options, raw="text") for field in schema]
    structure = {column.name: column.read_as for column in columns}
    text = "text" if options.get("format", "newline_delimited") == "newline_delimited" else "CAST(json AS VARCHAR)"
    records = f"SELECT row_number() OVER () AS {record_column}, {text} AS record FROM {_source(name, options)}"
    # One parse per record: TRY gives NULL for what is not JSON, and NULL fields for what is no object.
    parsed = (
        f"SELECT {record_column}, record, TRY(json_transform(record, {quote_literal(json.dumps(structure))})) AS v "
        f"FROM ({records}) WHERE trim(record) <> ''"
    )
    raw = ", ".join(f"v.{quote_identifier(column.name)} AS {quote_identifier(column.name)}" for column in columns)
    whole = "(v IS NOT NULL AND starts_with(ltrim(record), '{') OR trim(record) = 'null')"
    values = f"SELECT {raw}, {record_column}, record AS {_RECORD}, {whole} AS {_WHOLE} FROM ({parsed})"
    rows = select_sql(schema, columns, f"({values})", "mark", carried=(record_column, _RECORD, _WHOLE))
    names = ", ".join(quote_identifier(name) for name in schema.names)
    marked = (
        f"SELECT {names}, {record_column}, CASE WHEN {_WHOLE} THEN {conflict_column} ELSE [] END AS {conflict_column}, "
        f"CASE WHEN NOT {_WHOLE} OR {conflict_column} IS NOT NULL THEN left({_RECORD}, 4096) END "
        f"AS {conflict_text_column} FROM ({rows})"
    )
    return (
        f"({marked})" if not where else f"(SELECT * FROM ({marked}) WHERE ({where}) OR {conflict_column} IS NOT NULL)"
    )


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

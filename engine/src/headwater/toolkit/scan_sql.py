"""How DuckDB reads and writes files: table expressions and COPY statements, as SQL text.

Pure: no file is touched, no duckdb imported. One text serves the local engine, `read` of the files connector and
executors of other engines, so the same file means the same rows everywhere.

A value is never changed on the way to its type (see `scan_columns`). What is not of its column's type is a conflict:
`conflicts="fail"` makes it an error of the query, `"mark"` makes it NULL and names its columns in `conflict_column`.

Options of a FileScan, each of which may be absent:

    any format  layouts  [{files, columns, options?, maps?}]: files with the same columns of their own, in file order
                where    a condition over the scan's columns
                compression  gzip | zstd | none; else the file's name says it
    csv         delim, quote, escape, header, skip, nullstr, quoted_nulls, decimal_separator, max_line_size,
                store_rejects, rejects_limit, ignore_errors, and formats: {column: strptime format} where not ISO 8601;
                file_column: true adds `file_column`, the file of each row, under "mark"
    json        format: newline_delimited | array | unstructured; maximum_object_size

Options of a FileTarget: compression, row_group_size, header, delim, format (of JSON: newline_delimited | array), and
json_columns: those that hold JSON text (json) or nested values (csv).
Source: DuckDB 2.0 manual, "CSV Import", "JSON Loading", "Parquet", "COPY".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, cast

import pyarrow as pa

from headwater.sdk.destination import FileTarget
from headwater.sdk.source import CsvBytes, FileScan
from headwater.sdk.stream import Json
from headwater.toolkit.duckdb_sql import duckdb_type, session_settings
from headwater.toolkit.identifiers import quote_identifier, quote_literal
from headwater.toolkit.scan_columns import (
    Column,
    Conflicts,
    conflict_column,
    no_marks,
    number_column,
    parquet_column,
    select_sql,
    text_column,
)

__all__ = [
    "can_conflict",
    "copy_sql",
    "csv_bytes_sql",
    "duckdb_type",
    "file_column",
    "glob_literal",
    "scan_sql",
    "session_settings",
]

file_column = "headwater_file"

# A record may be this long. DuckDB loses longer ones in silence once they pass `buffer_size`: check line lengths first.
max_record_bytes = 16_000_000
# Larger ones cost time and memory: they are made anew, page by page, as the reader goes on.
_BUFFER_BYTES = 16_500_000
max_rejects = 100_000


@dataclass(frozen=True, slots=True)
class _Layout:
    files: list[str]
    columns: list[str]
    options: Mapping[str, Json]
    maps: list[str]


def scan_sql(scan: FileScan, *, conflicts: Conflicts = "fail") -> str:
    """A table expression in parentheses that yields `scan.columns`, and under "mark" the two conflict columns."""
    if not scan.files:
        return f"(SELECT {_nulls(scan.columns, conflicts)} WHERE false)"
    parts = [_layout_sql(scan, layout, conflicts) for layout in _layouts(scan)]
    body = " UNION ALL ".join(parts)
    where = scan.options.get("where")
    if not where:
        return f"({body})"
    # A row that conflicts may conflict in the very column that the condition is about.
    marked = f" OR {conflict_column} IS NOT NULL" if conflicts == "mark" else ""
    return f"(SELECT * FROM ({body}) WHERE ({where}){marked})"


def can_conflict(scan: FileScan) -> bool:
    """Whether a text can be none of its column's type: not when every column is text, or the reader's to judge."""
    if scan.format == "parquet":
        return False
    return any(
        text_column(scan.format, field, layout.options).there is not None
        for layout in _layouts(scan)
        for field in scan.columns
        if field.name in layout.columns
    )


def _nulls(columns: pa.Schema, conflicts: Conflicts) -> str:
    cells = [f"CAST(NULL AS {duckdb_type(field.type)}) AS {quote_identifier(field.name)}" for field in columns]
    return ", ".join([*cells, no_marks()] if conflicts == "mark" else cells)


def _layouts(scan: FileScan) -> list[_Layout]:
    given = cast("list[dict[str, Json]] | None", scan.options.get("layouts"))
    if not given:
        return [
            _Layout(
                list(scan.files), scan.columns.names, scan.options, cast("list[str]", scan.options.get("maps") or [])
            )
        ]
    return [
        _Layout(
            files=cast("list[str]", layout["files"]),
            columns=cast("list[str]", layout["columns"]),
            options={**scan.options, **cast("dict[str, Json]", layout.get("options") or {})},
            maps=cast("list[str]", layout.get("maps") or []),
        )
        for layout in given
    ]


def _layout_sql(scan: FileScan, layout: _Layout, conflicts: Conflicts) -> str:
    present = set(layout.columns)
    if scan.format == "parquet":
        columns = [parquet_column(field, layout.maps) for field in scan.columns if field.name in present]
        table = _call("read_parquet", layout.files, {})
    else:
        columns = [_column(scan, layout, field, conflicts) for field in scan.columns if field.name in present]
        read_as = {column.name: column.read_as for column in columns}
        reader = _read_csv if scan.format == "csv" else _read_json
        table = reader(layout, read_as)
    carried = (file_column,) if conflicts == "mark" and layout.options.get("file_column") else ()
    return select_sql(scan.columns, columns, table, conflicts, carried=carried)


def _column(scan: FileScan, layout: _Layout, field: pa.Field, conflicts: Conflicts) -> Column:
    # Where a value that does not fit ends the query, nobody asks for its text.
    plain = number_column(field) if scan.format == "json" and conflicts == "fail" else None
    return plain or text_column(cast(Literal["csv", "json"], scan.format), field, layout.options)


def _read_csv(layout: _Layout, read_as: Mapping[str, str]) -> str:
    options = layout.options
    # Columns of the file that the scan does not have are read as text and never looked at.
    columns = {column: read_as.get(column, "VARCHAR") for column in layout.columns}
    settings: dict[str, str] = {
        "auto_detect": "false",
        "columns": _columns(columns),
        "header": quote_literal(options.get("header", True)),
        "delim": quote_literal(options.get("delim", ",")),
        "quote": quote_literal(options.get("quote", '"')),
        "escape": quote_literal(options.get("escape", '"')),
        "nullstr": quote_literal(options.get("nullstr") or [""]),
        "allow_quoted_nulls": quote_literal(options.get("quoted_nulls", False)),
        "max_line_size": quote_literal(options.get("max_line_size", max_record_bytes)),
        "buffer_size": str(_BUFFER_BYTES),
    }
    if options.get("file_column"):
        settings["filename"] = quote_literal(file_column)
    if options.get("skip"):
        settings["skip"] = quote_literal(options["skip"])
    if options.get("compression"):
        settings["compression"] = quote_literal(options["compression"])
    if options.get("ignore_errors"):
        settings["ignore_errors"] = "true"
    if options.get("store_rejects", True):
        settings |= {"store_rejects": "true", "rejects_limit": quote_literal(options.get("rejects_limit", max_rejects))}
    return _call("read_csv", layout.files, settings)


def _read_json(layout: _Layout, read_as: Mapping[str, str]) -> str:
    options = layout.options
    settings = {
        "columns": _columns(read_as),
        "format": quote_literal(options.get("format", "newline_delimited")),
        "maximum_object_size": quote_literal(options.get("maximum_object_size", max_record_bytes)),
    }
    if options.get("compression"):
        settings["compression"] = quote_literal(options["compression"])
    return _call("read_json", layout.files, settings)


def _columns(types: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{quote_literal(name)}: {quote_literal(read_as)}" for name, read_as in types.items()) + "}"


def _call(function: str, files: Iterable[str], settings: Mapping[str, str]) -> str:
    listed = ", ".join(quote_literal(glob_literal(file)) for file in files)
    return f"{function}([{listed}]" + "".join(f", {name}={value}" for name, value in settings.items()) + ")"


def glob_literal(path: str) -> str:
    """The path as a glob pattern that matches only itself, for DuckDB takes every file name as a pattern."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in path)


def csv_bytes_sql(scan: CsvBytes, path: str) -> str:
    """A table expression over a FIFO (or file) that carries `CsvBytes`: text columns, converted or cast to the schema.

    DuckDB's `parallel=false` is not used: over a FIFO it keeps all that it has read in memory.
    """
    columns, conversions = scan.columns, scan.conversions
    longest = min(scan.longest or max_record_bytes, max_record_bytes)
    settings = {
        "auto_detect": "false",
        "columns": _columns({field.name: _read_as(field, conversions, scan.read_as) for field in columns}),
        "header": "false",
        "delim": "','",
        "quote": "'\"'",
        "escape": "'\"'",
        "nullstr": "['']",
        "allow_quoted_nulls": "false",
        "max_line_size": str(longest),
        "buffer_size": str(longest + _BUFFER_BYTES - max_record_bytes),
    }
    cells: list[str] = []
    for field in columns:
        name = quote_identifier(field.name)
        if field.name not in conversions and _read_as(field, conversions, {}) == duckdb_type(field.type):
            cells.append(name)
            continue
        text = conversions.get(field.name, name)
        cells.append(f"CAST({text} AS {duckdb_type(field.type)}) AS {name}")
    return f"(SELECT {', '.join(cells)} FROM {_call('read_csv', [path], settings)})"


def _read_as(field: pa.Field, conversions: Mapping[str, str], converted: Mapping[str, str]) -> str:
    """The type the reader itself gives: the texts come from a system that means them so, and a cast costs more."""
    is_ = pa.types
    plain = (is_.is_integer, is_.is_floating, is_.is_decimal, is_.is_boolean, is_.is_date, is_.is_timestamp)
    if field.name not in conversions and any(test(field.type) for test in plain):
        return duckdb_type(field.type)
    return converted.get(field.name, "VARCHAR")


def copy_sql(query: str, target: FileTarget) -> str:
    """`COPY (query) TO path`: one file, in the target's format."""
    options = target.options
    if nested := cast("list[str]", options.get("json_columns") or []):
        as_text = {"csv": "CAST(to_json({0}) AS VARCHAR) AS {0}", "json": "CAST({0} AS JSON) AS {0}", "parquet": "{0}"}[
            target.format
        ]
        replaced = ", ".join(as_text.format(quote_identifier(name)) for name in nested)
        query = f"SELECT * REPLACE ({replaced}) FROM ({query})"
    if target.format == "parquet":
        settings: list[str] = [
            "FORMAT parquet",
            f"COMPRESSION {quote_literal(options.get('compression', 'zstd'))}",
            # DuckDB's own choice is 3: a fifth more time for files that are no smaller.
            *(["COMPRESSION_LEVEL 1"] if options.get("compression", "zstd") == "zstd" else []),
            f"ROW_GROUP_SIZE {quote_literal(options.get('row_group_size', 122_880))}",
        ]
    elif target.format == "csv":
        settings = [
            "FORMAT csv",
            f"HEADER {quote_literal(options.get('header', True))}",
            f"DELIMITER {quote_literal(options.get('delim', ','))}",
            "QUOTE '\"'",
            "ESCAPE '\"'",
            "NULL ''",
            f"COMPRESSION {quote_literal(options.get('compression', 'none'))}",
        ]
    else:
        settings = [
            "FORMAT json",
            f"ARRAY {quote_literal(options.get('format') == 'array')}",
            f"COMPRESSION {quote_literal(options.get('compression', 'none'))}",
        ]
    return f"COPY ({query}) TO {quote_literal(target.path)} ({', '.join(settings)})"

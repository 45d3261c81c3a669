"""The shape of JSON files: lines of objects, one array of objects, or objects one after the other.

Keys are those of the sample. Numbers, booleans and texts get their type; whatever is nested is JSON text, so that no
record is rejected because an object inside of it looks different.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, cast
from uuid import uuid4

import duckdb
import pyarrow as pa

from headwater.connectors.files.config import FilesConfig
from headwater.connectors.files.database import Database
from headwater.connectors.files.formats import DataFile
from headwater.connectors.files.samples import SAMPLED_FILES, Head, read_heads
from headwater.connectors.files.shape import Layout, Shape, merge
from headwater.connectors.files.text_types import Formats, find_types
from headwater.sdk.errors import DataError
from headwater.toolkit.arrow_types import parse_field
from headwater.toolkit.identifiers import quote_identifier, quote_literal
from headwater.toolkit.scan_sql import glob_literal, max_record_bytes
from headwater.toolkit.storage import Storage

JsonFormat = Literal["newline_delimited", "array", "unstructured"]
_SAMPLE_RECORDS = 20_000
_NUMBERS = {"BIGINT": "int64", "UBIGINT": "decimal(38,0)", "HUGEINT": "decimal(38,0)", "DOUBLE": "float64"}


def json_shape(
    storage: Storage, database: Database, files: Sequence[DataFile], config: FilesConfig, place: str
) -> Shape:
    heads = list(read_heads(storage, files, config, ""))
    filled = [head for head in heads if head.text.strip()]
    if not filled:
        if not config.columns:
            raise DataError(
                f"{place}: there is no record in {files[0].path}",
                hint="declare its columns in the connector, or leave the file out",
                code="files.empty",
            )
        declared = tuple(parse_field(name, text) for name, text in config.columns.items())
        return merge("json", [Layout((), declared)], config, place, 0)
    groups: dict[JsonFormat, list[Head]] = {}
    for head in filled:
        groups.setdefault(_format(head), []).append(head)
    with database.session() as (connection, folder):
        layouts = [
            _layout(connection, storage, folder / f"sample-{uuid4().hex}", format, members, config)
            for format, members in groups.items()
        ]
    rows = sum(head.text.count(b"\n") for head in filled)
    size, seen = sum(file.entry.size_bytes for file in files), sum(len(head.text) for head in filled)
    compressed = any(file.compression for file in files)
    return merge("json", layouts, config, place, None if compressed else round(size * rows / seen))


def _format(head: Head) -> JsonFormat:
    text = head.text.lstrip()
    if text.startswith(b"["):
        return "array"
    try:
        json.loads(text.partition(b"\n")[0])
    except ValueError:
        # Neither lines that are broken nor objects over several lines start with a whole record.
        return (
            "unstructured"
            if text[:1] == b"{" and text.partition(b"\n")[0].strip() in (b"{", b"{}")
            else "newline_delimited"
        )
    return "newline_delimited"


def _layout(
    connection: duckdb.DuckDBPyConnection,
    storage: Storage,
    sample: Path,
    format: JsonFormat,
    heads: list[Head],
    config: FilesConfig,
) -> Layout:
    path = heads[0].file.file.path
    step = max(1, -(-len(heads) // SAMPLED_FILES)) if format != "newline_delimited" else 1
    if format == "newline_delimited":
        with sample.open("wb") as out:
            for head in heads:
                out.write(_objects(head))
        sources = [str(sample)]
    else:
        if any(head.file.encoding not in ("utf-8", "utf-8-sig") for head in heads):
            raise DataError(
                f"{path}: JSON that is not in lines must be UTF-8",
                hint="convert the file",
                code="files.invalid_encoding",
            )
        sources = [storage.scannable(head.file.file.path) for head in heads[::step]]
    fields = _fields(connection, sources, format, heads[0].file.file.compression, path, config)
    sample.unlink(missing_ok=True)
    return Layout(tuple(head.file for head in heads), fields, {"format": format})


def _objects(head: Head) -> bytes:
    """The lines that are objects. Raises DataError for keys that DuckDB cannot tell apart."""
    kept: list[bytes] = []
    spelled: dict[str, str] = {}
    for line in head.lines.split(b"\n"):
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if not isinstance(record, dict):
            continue
        for key in cast("dict[str, object]", record):
            other = spelled.setdefault(key.lower(), key)
            if other != key:
                raise DataError(
                    f"{head.file.file.path}: the keys {other!r} and {key!r} differ only in case",
                    hint="rename one of them where the file is made",
                    code="files.ambiguous_column",
                )
        kept.append(line)
    return b"".join(line + b"\n" for line in kept)


def _fields(
    connection: duckdb.DuckDBPyConnection,
    sources: list[str],
    format: JsonFormat,
    compression: str | None,
    path: str,
    config: FilesConfig,
) -> tuple[pa.Field, ...]:
    listed = quote_literal([glob_literal(source) for source in sources])
    packed = f", compression={quote_literal(compression)}" if compression and format != "newline_delimited" else ""
    common = f"{listed}, format={quote_literal(format)}, maximum_object_size={max_record_bytes}{packed}"
    try:
        described = connection.execute(
            f"DESCRIBE SELECT * FROM read_json({common}, maximum_depth=2, sample_size={_SAMPLE_RECORDS},"
            " union_by_name=true, ignore_errors=true, convert_strings_to_integers=false, map_inference_threshold=-1,"
            " field_appearance_threshold=0)"
        ).fetchall()
        columns = {str(row[0]): str(row[1]) for row in described}
        if set(columns) == {"json"}:
            _refuse_no_objects(connection, common, path)
        if config.all_text:
            return tuple(pa.field(name, pa.string()) for name in columns)
        return _typed(connection, common, columns)
    except duckdb.Error as error:
        raise DataError(
            f"{path} cannot be read as JSON: {str(error).splitlines()[0]}",
            hint="is it JSON, in UTF-8, without two keys of one name?",
            code="files.damaged_json",
        ) from error


def _refuse_no_objects(connection: duckdb.DuckDBPyConnection, common: str, path: str) -> None:
    kinds = connection.execute(
        f"SELECT DISTINCT json_type(json) FROM read_json_objects({common}, ignore_errors=true) LIMIT 5"
    ).fetchall()
    if ("OBJECT",) not in kinds:
        raise DataError(
            f"{path}: there is no JSON object among its first records",
            hint="every record must be an object, {…}, on a line of its own or in one array",
            code="files.damaged_json",
        )


def _typed(connection: duckdb.DuckDBPyConnection, common: str, columns: dict[str, str]) -> tuple[pa.Field, ...]:
    read_as = {
        name: "JSON" if _is_nested(kind) else "VARCHAR" for name, kind in columns.items() if kind not in _NUMBERS
    }
    texts: dict[str, pa.Field] = {}
    if read_as:
        types = "{" + ", ".join(f"{quote_literal(name)}: '{kind}'" for name, kind in read_as.items()) + "}"
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE sample AS SELECT * FROM "
            f"read_json({common}, columns={types}, ignore_errors=true) LIMIT {_SAMPLE_RECORDS}"
        )
        plain = [name for name, kind in columns.items() if kind not in ("BOOLEAN", *_NUMBERS) and not _is_nested(kind)]
        texts = {
            name: item.field for name, item in find_types(connection, "sample", plain, Formats(only_times=True)).items()
        }
        texts |= {name: _nested(connection, name) for name, kind in read_as.items() if kind == "JSON"}
    return tuple(
        texts.get(name) or parse_field(name, "bool" if kind == "BOOLEAN" else _NUMBERS.get(kind, "string"))
        for name, kind in columns.items()
    )


def _is_nested(kind: str) -> bool:
    return kind == "JSON" or kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "VARIANT"))


def _nested(connection: duckdb.DuckDBPyConnection, name: str) -> pa.Field:
    """`json`, or text where only numbers, booleans and texts stand side by side."""
    column = quote_identifier(name)
    row = connection.execute(f"SELECT bool_or(json_type({column}) IN ('OBJECT', 'ARRAY')) FROM sample").fetchone()
    return parse_field(name, "json" if row and row[0] else "string")

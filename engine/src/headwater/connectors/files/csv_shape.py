"""The shape of CSV files: dialect and names from every file, types from a sample."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import duckdb
import pyarrow as pa

from headwater.connectors.files.config import FilesConfig
from headwater.connectors.files.database import Database
from headwater.connectors.files.dialect import Dialect, find_dialect
from headwater.connectors.files.formats import DataFile
from headwater.connectors.files.samples import SAMPLED_FILES, Head, read_heads
from headwater.connectors.files.shape import Layout, Shape, merge, text_fields
from headwater.connectors.files.text_input import TextFile
from headwater.connectors.files.text_types import Formats, Found, find_types
from headwater.sdk.errors import DataError
from headwater.sdk.source import FileScan
from headwater.sdk.stream import Json
from headwater.toolkit.arrow_types import parse_field
from headwater.toolkit.identifiers import quote_identifier, quote_literal
from headwater.toolkit.scan_columns import text_column
from headwater.toolkit.scan_sql import scan_sql
from headwater.toolkit.storage import Storage

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Group:
    """Files of one dialect and header, and the heads that types are looked for in."""

    dialect: Dialect
    files: list[TextFile]
    heads: list[Head]


def csv_shape(
    storage: Storage, database: Database, files: Sequence[DataFile], config: FilesConfig, place: str
) -> Shape:
    """Raises DataError when no file has a column and none are declared."""
    groups: dict[Dialect, _Group] = {}
    by_first_line: dict[bytes, Dialect] = {}
    empty: list[TextFile] = []
    sampled = set(range(0, len(files), max(1, -(-len(files) // SAMPLED_FILES))))
    for at, head in enumerate(read_heads(storage, files, config, config.quote)):
        first_line = head.text.split(b"\n", 1)[0]
        dialect = by_first_line.get(first_line) if first_line.strip() and at not in sampled else None
        dialect = dialect or find_dialect(_readable(head), config, head.file.file.path, ended=head.whole)
        if dialect is None:
            empty.append(head.file)
            continue
        by_first_line[first_line] = dialect
        group = groups.setdefault(replace(dialect, renamed=()), _Group(dialect, [], []))
        group.files.append(head.file)
        if at in sampled:
            group.heads.append(head)
    with database.session() as (connection, folder):
        layouts = [_layout(connection, folder / f"sample-{uuid4().hex}", group, config) for group in groups.values()]
    if not layouts:
        layouts = [_nothing(empty, config, place)]
    return merge("csv", layouts, config, place, _row_estimate(files, list(groups.values())))


def _readable(head: Head) -> str:
    return (
        head.text.decode("utf-8", "replace").rstrip("\ufffd")
        if not head.whole
        else head.text.decode("utf-8", "replace")
    )


def _nothing(empty: list[TextFile], config: FilesConfig, place: str) -> Layout:
    if not config.columns:
        raise DataError(
            f"{place}: there is nothing in {empty[0].file.path}, not even a header",
            hint="declare its columns in the connector, or leave the file out",
            code="files.empty",
        )
    return Layout((), tuple(parse_field(name, text) for name, text in config.columns.items()))


def _layout(connection: duckdb.DuckDBPyConnection, sample: Path, group: _Group, config: FilesConfig) -> Layout:
    dialect = group.dialect
    for sentence in dialect.renamed:
        log.warning(
            "column renamed",
            extra={"event": "files_column_renamed", "file": group.files[0].file.path, "what": sentence},
        )
    options: dict[str, Json] = {
        "delim": dialect.delimiter,
        "quote": dialect.quote,
        "escape": dialect.escape,
        "nullstr": ["", *config.null_values],
        "decimal_separator": config.decimal_separator,
    }
    with sample.open("wb") as out:
        for head in group.heads:
            out.write(_body(head, dialect))
    found, quoted_nulls = _types(connection, str(sample), dialect, options, config)
    sample.unlink()
    return Layout(
        files=tuple(group.files),
        fields=tuple(found[name].field for name in dialect.columns),
        options={**options, "quoted_nulls": quoted_nulls, "header": dialect.header, "skip": dialect.skip},
        formats={name: item.format for name, item in found.items() if item.format},
    )


def _body(head: Head, dialect: Dialect) -> bytes:
    """The records of a head, with LF at their ends."""
    text = head.lines.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    for _ in range(dialect.skip + (1 if dialect.header else 0)):
        text = text.partition(b"\n")[2]
    return text if text.endswith(b"\n") or not text else text + b"\n"


def _types(
    connection: duckdb.DuckDBPyConnection, sample: str, dialect: Dialect, options: dict[str, Json], config: FilesConfig
) -> tuple[dict[str, Found], bool]:
    """Types of the sample, and whether a null text means NULL even in quotes: it does once a value needs it to."""
    columns = dialect.columns
    texts = {field.name: Found(field) for field in text_fields(columns)}
    if config.all_text:
        return texts, False
    formats = Formats(config.decimal_separator, config.date_format, config.timestamp_format)
    for quoted_nulls in (False, True):
        scan_options: dict[str, Json] = {**options, "header": False, "quoted_nulls": quoted_nulls}
        scan = FileScan("csv", (sample,), pa.schema(text_fields(columns)), scan_options)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE sample AS SELECT * FROM {scan_sql(scan)}")
        found = find_types(connection, "sample", columns, formats)
        if quoted_nulls or not _needs_quoted_nulls(connection, found, config):
            return found, quoted_nulls
    return texts, False


def _needs_quoted_nulls(connection: duckdb.DuckDBPyConnection, found: dict[str, Found], config: FilesConfig) -> bool:
    tests: list[str] = []
    for name, item in found.items():
        column = quote_identifier(name)
        if config.null_values:
            tests.append(f"{column} IN ({', '.join(map(quote_literal, config.null_values))})")
        # The reader itself judges these, and takes "" for no value of theirs.
        if not pa.types.is_string(item.field.type) and text_column("csv", item.field, {}).read_as != "VARCHAR":
            tests.append(f"{column} = ''")
    if not tests:
        return False
    (answer,) = connection.execute(f"SELECT bool_or({' OR '.join(tests)}) FROM sample").fetchone() or (False,)
    return bool(answer)


def _row_estimate(files: Sequence[DataFile], groups: Sequence[_Group]) -> int | None:
    heads = [head for group in groups for head in group.heads]
    lines = sum(head.text.count(b"\n") for head in heads)
    if not lines or any(file.compression for file in files):
        return None
    size = sum(file.entry.size_bytes for file in files)
    return round(size * lines / sum(len(head.text) for head in heads))

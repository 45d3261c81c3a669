"""The shape of a table made of files: one schema, and the groups of files whose own columns are the same.

Columns meet by name, in the order in which they first appear; a file without one gives NULL. Where files differ in a
column's type, the column takes the type that holds both: a wider number, a time stamp for days, at last text. Nested
columns that differ cannot be reconciled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa

from headwater.connectors.files.config import FilesConfig, Format
from headwater.connectors.files.text_input import TextFile
from headwater.sdk.errors import DataError, UnknownName
from headwater.sdk.stream import Json
from headwater.toolkit.arrow_types import field_type_name, logical, parse_field
from headwater.toolkit.evolution import wider


@dataclass(frozen=True, slots=True)
class Layout:
    """Files with the same columns of their own, in file order. `options` and `maps` are those of `toolkit.scan_sql`."""

    files: tuple[TextFile, ...]
    fields: tuple[pa.Field, ...]
    options: Mapping[str, Json] = field(default_factory=dict[str, Json])
    maps: tuple[str, ...] = ()
    formats: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def columns(self) -> list[str]:
        return [item.name for item in self.fields]


@dataclass(frozen=True, slots=True)
class Shape:
    format: Format
    schema: pa.Schema
    layouts: tuple[Layout, ...]
    rows: int | None = None


def merge(format: Format, layouts: Sequence[Layout], config: FilesConfig, place: str, rows: int | None) -> Shape:
    """One shape of all layouts. Raises DataError naming two files that cannot be one table."""
    merged: dict[str, pa.Field] = {}
    seen_in: dict[str, Layout] = {}
    named: dict[str, str] = {}
    settled: list[Layout] = []
    for given in layouts:
        layout = _spelled(given, named, rename=format == "csv")
        for column in layout.fields:
            before = merged.get(column.name)
            joined = column if before is None else _joined(before, column)
            if joined is None:
                raise _irreconcilable(column, layout, before, seen_in[column.name])
            merged[column.name] = joined
            seen_in.setdefault(column.name, layout)
        settled.append(layout)
    declared = _declared(merged, config, place) if format != "parquet" else {}
    schema = pa.schema([declared.get(name, item) for name, item in merged.items()])
    return Shape(format, schema, tuple(_with_formats(layout, schema, config) for layout in settled), rows)


def _spelled(layout: Layout, named: dict[str, str], *, rename: bool) -> Layout:
    """Columns as they were spelled first: DuckDB, which reads the files, knows no case."""
    fields: list[pa.Field] = []
    for item in layout.fields:
        first = named.setdefault(item.name.lower(), item.name)
        if first != item.name and not rename:
            raise DataError(
                f"{layout.files[0].file.path}: column {item.name!r} differs from {first!r} only in case",
                hint="rename one of them where the file is made",
                code="files.ambiguous_column",
            )
        fields.append(item.with_name(first))
    formats = {named[name.lower()]: text for name, text in layout.formats.items()}
    return replace(layout, fields=tuple(fields), formats=formats)


def _joined(one: pa.Field, other: pa.Field) -> pa.Field | None:
    if one.type == other.type:
        return one if logical(one) == logical(other) else one.remove_metadata()
    if pa.types.is_nested(one.type) or pa.types.is_nested(other.type):
        wide = wider(one.type, other.type)
        return None if wide is None else pa.field(one.name, wide)
    numbers = [pa.types.is_integer(item.type) or pa.types.is_floating(item.type) for item in (one, other)]
    wide = wider(one.type, other.type) or (pa.float64() if all(numbers) else pa.string())
    return pa.field(one.name, wide)


def _irreconcilable(column: pa.Field, layout: Layout, before: pa.Field | None, first: Layout) -> DataError:
    was = field_type_name(before) if before is not None else "missing"
    return DataError(
        f"column {column.name!r} is {was} in {first.files[0].file.path} "
        f"and {field_type_name(column)} in {layout.files[0].file.path}",
        hint="read the files as two streams, or make them alike where they are written",
        code="files.schemas_differ",
    )


def _declared(found: Mapping[str, pa.Field], config: FilesConfig, place: str) -> dict[str, pa.Field]:
    unknown = [name for name in config.columns if name not in found]
    if unknown and found:
        raise UnknownName("column", unknown[0], found, place=f"{place}, columns", code="config.unknown_column")
    return {name: parse_field(name, text) for name, text in config.columns.items()}


def _with_formats(layout: Layout, schema: pa.Schema, config: FilesConfig) -> Layout:
    """Formats only for columns that are read as dates or time stamps in the end."""
    formats: dict[str, Json] = {}
    for name in layout.columns:
        data_type = schema.field(name).type
        declared = name in config.columns
        if pa.types.is_date(data_type):
            chosen = (config.date_format if declared else None) or layout.formats.get(name)
        elif pa.types.is_timestamp(data_type):
            chosen = (config.timestamp_format if declared else None) or layout.formats.get(name)
        else:
            chosen = None
        if chosen is not None:
            formats[name] = chosen
    return replace(layout, options={**layout.options, "formats": formats}) if formats else layout


def text_fields(names: Iterable[str]) -> tuple[pa.Field, ...]:
    return tuple(pa.field(name, pa.string()) for name in names)

"""Records that are no rows of their table: taken out of the batches, found again in their file, told about."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

import pyarrow as pa

from headwater.connectors.files.feed import Feeds
from headwater.connectors.files.json_rows import record_column
from headwater.connectors.files.text_input import TextFile, utf8
from headwater.sdk.errors import DataError
from headwater.sdk.source import Malformed
from headwater.toolkit.arrow_types import field_type_name
from headwater.toolkit.deferred import compute as pc
from headwater.toolkit.scan_columns import conflict_column, conflict_text_column
from headwater.toolkit.scan_rejects import Query, rejected_records, too_many_malformed
from headwater.toolkit.scan_sql import file_column, max_rejects
from headwater.toolkit.storage import Storage

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class _Conflict:
    columns: tuple[str, ...]
    text: str
    record: int | None


class SetAside:
    """What a scan marks and what DuckDB rejects by itself. `texts` are the scanned files by the names DuckDB has."""

    def __init__(self, storage: Storage, texts: Mapping[str, TextFile], schema: pa.Schema, feeds: Feeds) -> None:
        self._storage = storage
        self._texts = texts
        self._schema = schema
        self._feeds = feeds
        self._conflicts: dict[str, list[_Conflict]] = {}

    def sound(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The rows without a mark. Raises DataError when there are more marks than are kept."""
        marks = batch.column(conflict_column)
        if marks.null_count == batch.num_rows:
            return batch
        bad = batch.filter(pc.is_valid(marks))
        only = next(iter(self._texts))
        records = bad.column(record_column).to_pylist() if record_column in batch.schema.names else [None] * len(bad)
        files = bad.column(file_column).to_pylist() if file_column in batch.schema.names else [only] * len(bad)
        names, texts = bad.column(conflict_column).to_pylist(), bad.column(conflict_text_column).to_pylist()
        for file, columns, text, record in zip(files, names, texts, records, strict=True):
            found = self._conflicts.setdefault(file, [])
            found.append(_Conflict(tuple(columns), text or "", record))
            if len(found) >= max_rejects:
                raise too_many_malformed(self._texts[file].file.path, max_rejects)
        return batch.filter(pc.is_null(marks))

    def finish(self, query: Query, on_malformed: Literal["reject", "fail"]) -> tuple[Malformed, ...]:
        """All that was set aside, in file order. Raises DataError naming the first few when that is to fail."""
        rejected = rejected_records(query, content=self._content)
        found = [replace(bad, file=self._texts[bad.file].file.path) for bad in rejected]
        for name, conflicts in self._conflicts.items():
            found += self._located(name, conflicts, [bad for bad in rejected if bad.file == name])
        found.sort(key=lambda bad: (bad.file, bad.line or 0))
        if found and on_malformed == "fail":
            raise _failure(found)
        return tuple(found)

    def _content(self, name: str) -> Iterator[bytes]:
        return self._feeds.content_of(name) or utf8(self._storage, self._texts[name])

    def _located(self, name: str, conflicts: Sequence[_Conflict], rejected: Sequence[Malformed]) -> list[Malformed]:
        file = self._texts[name].file.path
        if conflicts[0].record is None:
            texts = [cast("dict[str, str | None]", json.loads(conflict.text)) for conflict in conflicts]
            lines, records = _find_lines(self._content(name), texts)
            return [self._told(file, *item) for item in zip(conflicts, lines, records, strict=True)]
        skipped = sorted(bad.line for bad in rejected if bad.line is not None)
        return [self._told(file, item, _line(item.record or 0, skipped), item.text) for item in conflicts]

    def _told(self, file: str, conflict: _Conflict, line: int | None, text: str) -> Malformed:
        if not conflict.columns:
            return Malformed(file, line, None, "this is no JSON object", text)
        values = _values(conflict.text)
        said = [
            f"{values.get(name, '')!r:.200} is no {field_type_name(self._schema.field(name))}"
            if name in values
            else f"column {name!r} is no {field_type_name(self._schema.field(name))}"
            for name in conflict.columns
        ]
        return Malformed(file, line, conflict.columns[0], "; ".join(said), text or conflict.text)


def _values(text: str) -> Mapping[str, object]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return cast("dict[str, object]", found) if isinstance(found, dict) else {}


def _line(record: int, skipped: Sequence[int]) -> int:
    """The line of a record when these lines are not among the records."""
    line = record
    for before in skipped:
        if before > line:
            break
        line += 1
    return line


def _find_lines(
    content: Iterator[bytes], wanted: Sequence[Mapping[str, str | None]]
) -> tuple[list[int | None], list[str]]:
    """For each record, in file order, the next line that holds all of its texts, and that line."""
    lines: list[int | None] = []
    texts: list[str] = []
    pieces = [[value.encode() for value in record.values() if value and "\n" not in value] for record in wanted]
    for number, line in _numbered(content):
        if len(lines) == len(wanted):
            break
        if all(piece in line for piece in pieces[len(lines)]):
            lines.append(number)
            texts.append(line.decode("utf-8", "replace").rstrip("\r\n")[:4096])
    missing = len(wanted) - len(lines)
    return [*lines, *[None] * missing], [*texts, *[""] * missing]


def _numbered(content: Iterator[bytes]) -> Iterator[tuple[int, bytes]]:
    rest, number = b"", 0
    for chunk in content:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            number += 1
            yield number, line
    if rest:
        yield number + 1, rest


def _failure(found: Sequence[Malformed]) -> DataError:
    first = found[0]
    told = "; ".join(f"line {bad.line}: {bad.message}" for bad in found[:_SHOWN])
    more = f" and {len(found) - _SHOWN:,} more" if len(found) > _SHOWN else ""
    place = first.file if first.line is None else f"{first.file}:{first.line}"
    return DataError(
        f"{place}: {len(found):,} malformed records ({told}{more})",
        hint="correct them, declare the columns' types, or set on_malformed: reject",
        code="files.malformed",
    )

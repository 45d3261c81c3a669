"""Records that are no rows of their table: taken out of the batches, found again in their file, told about."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

import pyarrow as pa
import pyarrow.compute as pc

from headwater.connectors.files.feed import Feeds
from headwater.connectors.files.json_rows import record_column
from headwater.connectors.files.text_input import TextFile, utf8
from headwater.sdk.errors import DataError
from headwater.sdk.source import Malformed
from headwater.toolkit.arrow_types import field_type_name
from headwater.toolkit.scan_columns import conflict_column, conflict_text_column
from headwater.toolkit.scan_rejects import Query, rejected_records, too_many_malformed
from headwater.toolkit.scan_sql import max_rejects
from headwater.toolkit.storage import Storage

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class _Conflict:
    columns: tuple[str, ...]
    text: str
    record: int | None


class SetAside:
    """What one file's scan marks and what DuckDB rejects by itself."""

    def __init__(self, storage: Storage, text: TextFile, schema: pa.Schema, feeds: Feeds) -> None:
        self._storage = storage
        self._text = text
        self._schema = schema
        self._feeds = feeds
        self._conflicts: list[_Conflict] = []

    def sound(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The rows without a mark. Raises DataError when there are more marks than are kept."""
        marks = batch.column(conflict_column)
        if marks.null_count == batch.num_rows:
            return batch
        bad = batch.filter(pc.is_valid(marks))
        records = bad.column(record_column).to_pylist() if record_column in batch.schema.names else [None] * len(bad)
        for columns, text, record in zip(
            bad.column(conflict_column).to_pylist(), bad.column(conflict_text_column).to_pylist(), records, strict=True
        ):
            self._conflicts.append(_Conflict(tuple(columns), text or "", record))
        if len(self._conflicts) >= max_rejects:
            raise too_many_malformed(self._text.file.path, max_rejects)
        return batch.filter(pc.is_null(marks))

    def finish(self, query: Query, on_malformed: Literal["reject", "fail"]) -> tuple[Malformed, ...]:
        """All that was set aside, in file order. Raises DataError naming the first few when that is to fail."""
        rejected = [
            Malformed(self._feeds.path_of(bad.file), bad.line, bad.column, bad.message, bad.text)
            for bad in rejected_records(query, content=self._content)
        ]
        found = sorted([*rejected, *self._located(rejected)], key=lambda bad: bad.line or 0)
        if found and on_malformed == "fail":
            raise _failure(found)
        return tuple(found)

    def _content(self, name: str) -> Iterator[bytes]:
        return self._feeds.content_of(name) or utf8(self._storage, self._text)

    def _located(self, rejected: Sequence[Malformed]) -> list[Malformed]:
        if not self._conflicts:
            return []
        if self._conflicts[0].record is None:
            texts = [cast("dict[str, str | None]", json.loads(conflict.text)) for conflict in self._conflicts]
            lines, records = _find_lines(utf8(self._storage, self._text), texts)
            return [self._told(at, line, text) for at, line, text in zip(self._conflicts, lines, records, strict=True)]
        skipped = sorted(bad.line for bad in rejected if bad.line is not None)
        return [self._told(at, _line(at.record or 0, skipped), at.text) for at in self._conflicts]

    def _told(self, conflict: _Conflict, line: int | None, text: str) -> Malformed:
        if not conflict.columns:
            return Malformed(self._text.file.path, line, None, "this is no JSON object", text)
        values = _values(conflict.text)
        said = [
            f"{values.get(name, '')!r:.200} is no {field_type_name(self._schema.field(name))}"
            if name in values
            else f"column {name!r} is no {field_type_name(self._schema.field(name))}"
            for name in conflict.columns
        ]
        return Malformed(self._text.file.path, line, conflict.columns[0], "; ".join(said), text or conflict.text)


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

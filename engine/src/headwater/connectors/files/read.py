"""Rows of a partition, file after file, with a DuckDB of its own; what cannot be read is set aside with its line.

This is the thorough way: every file is taken through checks that a native scan leaves out (line ends that change in the
middle, values that conflict with their column), so it reads what the native scan refuses. The rows are the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import pyarrow as pa

from headwater.connectors.files.database import Database
from headwater.connectors.files.errors import closed, read_error
from headwater.connectors.files.feed import Feeds
from headwater.connectors.files.json_rows import json_rows_sql
from headwater.connectors.files.partitions import Part, Reading, check_unchanged
from headwater.connectors.files.set_aside import SetAside
from headwater.connectors.files.text_input import TextFile, check_plain_lines, has_mixed_line_ends, utf8
from headwater.sdk.source import Malformed
from headwater.sdk.stream import Json
from headwater.toolkit.arrow_types import normalise_batch
from headwater.toolkit.identifiers import quote_identifier
from headwater.toolkit.scan_sql import scan_sql
from headwater.toolkit.storage import Storage

_BATCH_ROWS = 65_536
_FILES_AT_ONCE = 200


@dataclass(slots=True)
class PartitionRead:
    """One read of one partition. `malformed` is complete when `batches` has ended."""

    storage: Storage
    database: Database
    reading: Reading
    malformed: list[Malformed] = field(default_factory=list[Malformed])

    def batches(self) -> Iterator[pa.RecordBatch]:
        """In the reading's output schema. Raises DataError, SchemaChanged and TransientError that name a file."""
        check_unchanged(self.storage, self.reading)
        try:
            with self.database.session() as (connection, folder):
                # Records are numbered as they come.
                connection.execute("SET preserve_insertion_order = true")
                for part in self.reading.parts:
                    yield from self._part(connection, part, folder)
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            if self.database.is_closed:
                raise closed(self.reading.files[0].file.path) from error
            raise read_error(error, self.reading.files) from error
        check_unchanged(self.storage, self.reading)

    def _part(self, connection: duckdb.DuckDBPyConnection, part: Part, folder: Path) -> Iterator[pa.RecordBatch]:
        if self.reading.format == "parquet":
            names = [self.storage.scannable(text.file.path) for text in part.files]
            yield from _query(connection, scan_sql(self.reading.scan([(part, names)])), self.reading.output)
            return
        for texts in self._together(part):
            with closing(Feeds(folder)) as feeds:
                yield from self._files(connection, part, texts, feeds)
            connection.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")

    def _together(self, part: Part) -> Iterator[list[TextFile]]:
        """Files that one query reads: many plain CSV files, or any other file alone."""
        held: list[TextFile] = []
        for given in part.files:
            text = self._inspected(given) if self.reading.format == "csv" else given
            if self.reading.format == "csv" and text.is_plain:
                held.append(text)
            else:
                yield [text]
            if len(held) == _FILES_AT_ONCE:
                yield held
                held = []
        if held:
            yield held

    def _files(
        self, connection: duckdb.DuckDBPyConnection, part: Part, texts: list[TextFile], feeds: Feeds
    ) -> Iterator[pa.RecordBatch]:
        named = {self._name(text, part, feeds): text for text in texts}
        aside = SetAside(self.storage, named, self.reading.schema, feeds)
        sql = self._csv(part, list(named)) if self.reading.format == "csv" else self._json(part, *named.items())
        for batch in connection.sql(f"SELECT * FROM {sql}").to_arrow_reader(_BATCH_ROWS):
            yield normalise_batch(aside.sound(batch).select(self.reading.wanted), self.reading.output)
        feeds.check()
        self.malformed += aside.finish(lambda query: connection.execute(query).fetchall(), self.reading.on_malformed)

    def _csv(self, part: Part, names: list[str]) -> str:
        options: dict[str, Json] = {"compression": "none", "file_column": True}
        return scan_sql(self.reading.scan([(part, names)], options), conflicts="mark")

    def _json(self, part: Part, named: tuple[str, TextFile]) -> str:
        name, text = named
        packed: dict[str, Json] = {} if _is_lines(part) else {"compression": text.file.compression}
        return json_rows_sql(name, self.reading.schema, {**part.options, **packed}, self.reading.where)

    def _inspected(self, text: TextFile) -> TextFile:
        """The head of a file tells how its lines end, mostly; here every byte is asked."""
        if not text.is_plain:
            return text
        check_plain_lines(self.storage, text.file)
        kinds: set[bool] = set()
        plain = replace(text, encoding="utf-8")
        mixed = any(_mixes(chunk, text.quote, kinds) for chunk in utf8(self.storage, plain))
        return replace(text, mixed=mixed)

    def _name(self, text: TextFile, part: Part, feeds: Feeds) -> str:
        """What DuckDB finds the file under: a pipe, where its bytes need us."""
        if self.reading.format == "csv":
            plain = text.is_plain
        elif _is_lines(part):
            inspected = self._inspected(text)
            plain = inspected.is_plain and text.encoding == "utf-8"
            text = replace(text, mixed=True)
        else:
            plain = True
        if plain:
            return self.storage.scannable(text.file.path)
        return feeds.open(text.file.path, lambda: utf8(self.storage, text))


def _is_lines(part: Part) -> bool:
    return part.options.get("format") == "newline_delimited"


def _mixes(chunk: bytes, quote: str, kinds: set[bool]) -> bool:
    """Whether records end in more than one way, as far as the chunks so far tell."""
    if b"\r" in chunk:
        if has_mixed_line_ends(chunk, ""):
            return True
        kinds.add(True)
    elif b"\n" in chunk:
        kinds.add(False)
    return len(kinds) > 1


def _query(connection: duckdb.DuckDBPyConnection, sql: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    names = ", ".join(quote_identifier(name) for name in schema.names)
    for batch in connection.sql(f"SELECT {names} FROM {sql}").to_arrow_reader(_BATCH_ROWS):
        yield normalise_batch(batch, schema)

"""Part of the source suite: values and names that hurt come through unchanged."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from headwater.testing.source_case import SourceCase, read_all, request
from headwater.testing.values import difference, null_table, wide_table


class SourceValues(SourceCase):
    def test_every_type_comes_through_with_its_extremes(self, tmp_path: Path) -> None:
        self._comes_through(tmp_path, "wide", wide_table(self.types))

    def test_nulls_in_every_column_stay_null(self, tmp_path: Path) -> None:
        self._comes_through(tmp_path, "nulls", null_table(self.types))

    def test_hostile_column_names_come_through(self, tmp_path: Path) -> None:
        table = pa.table({name: [at, None] for at, name in enumerate(self.hostile_columns)})
        self._comes_through(tmp_path, "orders", table)

    def test_hostile_table_names_are_found_and_read(self, tmp_path: Path) -> None:
        for name in self.hostile_tables:
            self.seed(tmp_path, name, pa.table({"id": [1], "name": [name]}))
        with self.opened(tmp_path) as source:
            streams = source.discover().streams
            assert {stream.name for stream in streams} == {self.stream_name(name) for name in self.hostile_tables}
            for stream in streams:
                found = read_all(source, source.plan(request(stream, parallelism=2)))
                assert self.stream_name(found.column("name")[0].as_py()) == stream.name

    def _comes_through(self, place: Path, name: str, table: pa.Table) -> None:
        self.seed(place, name, table)
        with self.opened(place) as source:
            stream = source.describe(self.stream_name(name))
            for parallelism in (1, 3):
                found = read_all(source, source.plan(request(stream, parallelism=parallelism)))
                assert not (problem := difference(found, self.expected(table))), problem

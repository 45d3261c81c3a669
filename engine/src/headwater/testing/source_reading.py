"""Part of the source suite: schemas, columns, partitions, laziness, native scans."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from headwater.sdk.source import CsvBytes, FileScan, NativeScan
from headwater.testing.source_case import SourceCase, carried, read_all, request
from headwater.testing.values import difference
from headwater.toolkit.arrow_types import normalise_schema

THREE = pa.table({"id": [1, 2, 3], "note": ["a", None, "c"], "amount": [1.5, -2.0, None]})


class SourceReading(SourceCase):
    def test_a_read_gives_the_rows_in_the_schema_that_plan_promised(self, tmp_path: Path) -> None:
        self.seed(tmp_path, "orders", THREE)
        with self.opened(tmp_path) as source:
            stream = source.describe(self.stream_name("orders"))
            partitions = source.plan(request(stream))
            assert normalise_schema(partitions.schema).equals(partitions.schema, check_metadata=True)
            found = read_all(source, partitions)
        assert not difference(found, self.expected(THREE))

    def test_columns_come_in_the_order_they_were_asked_for(self, tmp_path: Path) -> None:
        self.seed(tmp_path, "orders", THREE)
        with self.opened(tmp_path) as source:
            stream = source.describe(self.stream_name("orders"))
            for columns in (["note", "id"], ["amount"], ["amount", "note", "id"]):
                found = read_all(source, source.plan(request(stream, columns)))
                assert not difference(found, self.expected(THREE.select(columns)))

    def test_an_empty_stream_has_a_schema_and_no_rows(self, tmp_path: Path) -> None:
        self.seed(tmp_path, "orders", THREE.slice(0, 0))
        with self.opened(tmp_path) as source:
            stream = source.describe(self.stream_name("orders"))
            found = read_all(source, source.plan(request(stream, parallelism=4)))
        assert found.schema.names == THREE.schema.names
        assert found.num_rows == 0

    @pytest.mark.parametrize("parallelism", [1, 2, 7])
    def test_partitions_are_disjoint_and_complete(self, tmp_path: Path, parallelism: int) -> None:
        ids = [*range(-500, 500, 3), 2**40, -(2**40)]
        table = pa.table({"id": ids, "note": [f"n{value}" for value in ids]})
        self.seed(tmp_path, "orders", table, primary_key=("id",))
        with self.opened(tmp_path) as source:
            stream = source.describe(self.stream_name("orders"))
            partitions = source.plan(request(stream, parallelism=parallelism))
            names = [partition.id for partition in partitions.items]
            assert len(set(names)) == len(names), "partition ids repeat"
            assert not difference(read_all(source, partitions), self.expected(table))

    def test_a_partition_can_be_read_by_another_source_after_a_trip_through_json(self, tmp_path: Path) -> None:
        self.seed(tmp_path, "orders", THREE)
        with self.opened(tmp_path) as planner, self.opened(tmp_path) as reader:
            stream = planner.describe(self.stream_name("orders"))
            found = read_all(reader, planner.plan(request(stream, ["id", "note"], parallelism=2)))
        assert not difference(found, self.expected(THREE.select(["id", "note"])))

    def test_a_partition_can_be_read_twice(self, tmp_path: Path) -> None:
        self.seed(tmp_path, "orders", THREE)
        with self.opened(tmp_path) as source:
            partitions = source.plan(request(source.describe(self.stream_name("orders"))))
            assert read_all(source, partitions).equals(read_all(source, partitions))

    def test_a_read_is_lazy_and_can_be_left_at_once(self, tmp_path: Path) -> None:
        rows = self.bulk_rows
        self.seed(tmp_path, "bulk", pa.table({"id": pa.array(range(rows)), "text": ["x" * 50] * rows}))
        with self.opened(tmp_path) as source:
            stream = source.describe(self.stream_name("bulk"))
            reader = source.read(source.plan(request(stream)).items[0])
            first = reader.read_next_batch()
            assert 0 < first.num_rows < rows, "the whole partition came as one batch"
            started = time.monotonic()
            reader.close()
            del reader
        assert time.monotonic() - started < 5

    def test_two_thousand_columns_are_read(self, tmp_path: Path) -> None:
        names = [f"c{number}" for number in range(self.widest_table)]
        table = pa.table({name: [number] for number, name in enumerate(names)})
        self.seed(tmp_path, "wide", table)
        with self.opened(tmp_path) as source:
            found = read_all(source, source.plan(request(source.describe(self.stream_name("wide")))))
        assert not difference(found, self.expected(table))

    def test_a_native_scan_gives_the_rows_of_read(self, tmp_path: Path) -> None:
        self.seed(tmp_path, "orders", THREE)
        with self.opened(tmp_path) as source:
            if not isinstance(source, NativeScan):
                pytest.skip("this source offers no native scan")
            partitions = source.plan(request(source.describe(self.stream_name("orders")), parallelism=2))
            scan = source.native_scan([carried(partition) for partition in partitions.items])
            expected = read_all(source, partitions)
            if isinstance(scan, FileScan):
                assert scan.files
                assert all(Path(file).exists() for file in scan.files)
                if scan.format == "parquet":
                    found = pa.concat_tables([pq.read_table(file) for file in scan.files])
                    assert found.num_rows == expected.num_rows
            elif isinstance(scan, CsvBytes):
                counted = 0
                for partition in partitions.items:
                    text = b"".join(source.open_bytes(partition)).decode()
                    records = list(csv.reader(io.StringIO(text, newline="")))
                    assert all(len(record) == len(scan.columns) for record in records)
                    counted += len(records)
                assert counted == expected.num_rows

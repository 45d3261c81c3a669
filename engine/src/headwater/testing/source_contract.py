"""The suite every source passes. Subclass it in a test module, with the few things `SourceCase` asks for:

class TestLedger(SourceContract):
    def make_source(self, place): return LedgerSource(LedgerConfig(path=place))
    def seed(self, place, name, table, primary_key=()): write_ledger(place / name, table)
"""

from __future__ import annotations

import time
from pathlib import Path

import pyarrow as pa
import pytest

from headwater.sdk.errors import ConfigError, HeadwaterError, TransientError, UnknownName
from headwater.sdk.source import Preview, Source
from headwater.testing.config_contract import check_config
from headwater.testing.no_io import no_io
from headwater.testing.source_case import SourceCase, read_all, request
from headwater.testing.source_reading import SourceReading
from headwater.testing.source_selection import SourceSelection
from headwater.testing.source_values import SourceValues
from headwater.toolkit.arrow_types import normalise_schema

ORDERS = pa.table({"id": [1, 2, 3], "note": ["a", None, "c"]})


class SourceContract(SourceReading, SourceSelection, SourceValues, SourceCase):
    """Life, names and errors; what is read stands in the parts this class is made of."""

    def test_it_is_a_source_and_its_config_explains_itself(self, tmp_path: Path) -> None:
        source = self.make_source(tmp_path)
        assert isinstance(source, Source)
        check_config(source.config_type)

    def test_constructing_does_no_io(self, tmp_path: Path) -> None:
        before = sorted(tmp_path.rglob("*"))
        self.make_source(tmp_path).close()  # whatever a first construction imports or caches
        with no_io():
            self.make_source(tmp_path)
        assert sorted(tmp_path.rglob("*")) == before

    def test_check_passes_on_a_system_that_is_there(self, tmp_path: Path) -> None:
        self.seed(tmp_path, "orders", ORDERS)
        with self.opened(tmp_path) as source:
            source.check()

    def test_closing_twice_is_safe(self, tmp_path: Path) -> None:
        self.seed(tmp_path, "orders", ORDERS)
        source = self.make_source(tmp_path)
        source.check()
        source.close()
        source.close()

    def test_an_unreachable_system_is_named_and_no_secret_shows(self, tmp_path: Path) -> None:
        made = self.unreachable_source(tmp_path)
        if made is None:
            pytest.skip("this system cannot be unreachable")
        source, secret = made
        with pytest.raises((ConfigError, TransientError)) as caught:
            source.check()
        shown = f"{caught.value} {caught.value!r} {caught.value.as_dict()} {caught.value.facts} {source!r}"
        assert not secret or secret not in shown
        assert caught.value.hint, "an error says what to do"
        source.close()

    def test_streams_are_discovered_in_name_order_page_by_page(self, tmp_path: Path) -> None:
        names = ["alpha", "beta", "delta", "epsilon", "gamma"]
        for name in reversed(names):
            self.seed(tmp_path, name, ORDERS)
        found: list[str] = []
        after: str | None = None
        with self.opened(tmp_path) as source:
            while True:
                page = source.discover(after=after, limit=2)
                assert len(page.streams) <= 2
                found += [stream.name for stream in page.streams]
                if page.next is None:
                    break
                after = page.next
                assert len(found) <= len(names), "discovery never ends"
        assert found == [self.stream_name(name) for name in names]

    def test_discovery_follows_a_glob(self, tmp_path: Path) -> None:
        for name in ("dim_day", "dim_shop", "fact_sales"):
            self.seed(tmp_path, name, ORDERS)
        with self.opened(tmp_path) as source:
            found = [stream.name for stream in source.discover(self.stream_name("dim_*")).streams]
            nothing = source.discover(self.stream_name("no_such_*"))
        assert found == [self.stream_name("dim_day"), self.stream_name("dim_shop")]
        assert (nothing.streams, nothing.next) == ((), None)

    def test_discover_and_describe_say_the_same(self, tmp_path: Path) -> None:
        self.seed(tmp_path, "orders", ORDERS, primary_key=("id",))
        with self.opened(tmp_path) as source:
            (stream,) = source.discover().streams
            assert source.describe(stream.name) == stream
        assert normalise_schema(stream.schema).equals(stream.schema, check_metadata=True)
        if self.keeps_primary_keys:
            assert stream.primary_key == ("id",)
        assert set(stream.cursor_candidates) <= set(stream.schema.names)

    def test_an_unknown_stream_is_an_error_that_says_the_nearest_name(self, tmp_path: Path) -> None:
        self.seed(tmp_path, "customers", ORDERS)
        wrong = self.stream_name("custmers")
        with self.opened(tmp_path) as source, pytest.raises(UnknownName) as caught:
            source.describe(wrong)
        assert wrong in caught.value.message
        assert self.stream_name("customers") in (caught.value.hint or "")

    def test_a_preview_gives_the_first_rows(self, tmp_path: Path) -> None:
        self.seed(tmp_path, "orders", ORDERS)
        with self.opened(tmp_path) as source:
            if not isinstance(source, Preview):
                pytest.skip("this source offers no preview")
            stream = source.describe(self.stream_name("orders"))
            assert source.preview(stream, 2).num_rows == 2
            assert source.preview(stream, 10).schema.names == ["id", "note"]

    def test_closing_ends_a_read_within_five_seconds_and_never_as_if_complete(self, tmp_path: Path) -> None:
        rows = self.bulk_rows
        self.seed(tmp_path, "bulk", pa.table({"id": pa.array(range(rows)), "text": ["x" * 50] * rows}))
        source = self.make_source(tmp_path)
        stream = source.describe(self.stream_name("bulk"))
        reader = source.read(source.plan(request(stream)).items[0])
        read = reader.read_next_batch().num_rows
        started = time.monotonic()
        source.close()
        try:
            read += sum(batch.num_rows for batch in reader)
        except (HeadwaterError, pa.ArrowException, OSError, ValueError):
            read = rows  # ended with an error, as it should
        assert time.monotonic() - started < 5
        assert read == rows, "a read that was cut off looked like a complete one"

    def test_two_readings_of_one_system_agree(self, tmp_path: Path) -> None:
        self.seed(tmp_path, "orders", ORDERS)
        with self.opened(tmp_path) as one, self.opened(tmp_path) as other:
            stream = one.describe(self.stream_name("orders"))
            partitions = one.plan(request(stream, parallelism=2))
            assert read_all(other, partitions).num_rows == read_all(one, partitions).num_rows == 3

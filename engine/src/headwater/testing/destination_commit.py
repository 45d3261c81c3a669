"""Part of the destination suite: visibility, idempotence, checkpoints, cancellation, concurrency."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest

from headwater.sdk.errors import Busy
from headwater.sdk.stream import Json
from headwater.testing.destination_case import LATER, STARTED, DestinationCase, request_for


class DestinationCommit(DestinationCase):
    def test_nothing_is_visible_before_the_commit(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as destination:
            load = destination.open(request_for(STARTED, self.some_write(destination)))
            receipt = load.write("a", STARTED.to_reader())
            before = self.read_table(tmp_path, "orders")
            assert before is None or before.num_rows == 0
            load.commit([receipt], {"n": 1})
        self.assert_table(tmp_path, "orders", STARTED)
        self.assert_clean(tmp_path)

    def test_an_abort_leaves_nothing_and_can_be_repeated(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as destination:
            load = destination.open(request_for(STARTED, self.some_write(destination)))
            load.write("a", STARTED.to_reader())
            load.abort()
            load.abort()
        found = self.read_table(tmp_path, "orders")
        assert found is None or found.num_rows == 0
        self.assert_clean(tmp_path)

    def test_an_abort_keeps_what_earlier_loads_brought(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as destination:
            write = self.some_write(destination)
        self.load(tmp_path, request_for(STARTED, write), STARTED, {"n": 1})
        with self.opened(tmp_path) as destination:
            load = destination.open(request_for(LATER, write, load_id="load-2"))
            load.write("a", LATER.to_reader())
            load.abort()
            again = destination.open(request_for(LATER, write, load_id="load-3"))
            last = again.last_checkpoint()
            again.abort()
        assert last is not None
        assert (last.value, last.load_id) == ({"n": 1}, "load-1")
        self.assert_table(tmp_path, "orders", STARTED)
        self.assert_clean(tmp_path)

    def test_an_abort_after_the_commit_changes_nothing(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as destination:
            load = destination.open(request_for(STARTED, self.some_write(destination)))
            load.commit([load.write("a", STARTED.to_reader())], {"n": 1})
            load.abort()
        self.assert_table(tmp_path, "orders", STARTED)

    def test_only_the_rows_of_the_receipts_are_published(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as destination:
            load = destination.open(request_for(STARTED, self.some_write(destination)))
            receipt = load.write("wanted", STARTED.to_reader())
            load.write("not wanted", LATER.to_reader())
            assert load.commit([receipt], None).written == 2
        self.assert_table(tmp_path, "orders", STARTED)
        self.assert_clean(tmp_path)

    def test_a_second_commit_of_the_same_load_answers_the_same_and_changes_nothing(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as destination:
            load = destination.open(request_for(STARTED, self.some_write(destination)))
            receipts = [load.write("a", STARTED.to_reader())]
            first = load.commit(receipts, {"n": 1})
            second = load.commit(receipts, {"n": 1})
        assert not first.replayed
        assert second.replayed
        assert (second.written, second.deduplicated) == (first.written, first.deduplicated)
        self.assert_table(tmp_path, "orders", STARTED)

    def test_a_load_that_was_committed_before_a_restart_is_replayed(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as destination:
            request = request_for(STARTED, self.some_write(destination))
        first = self.load(tmp_path, request, STARTED, {"n": 1})
        second = self.load(tmp_path, request, STARTED, {"n": 1})
        assert not first.replayed
        assert second.replayed
        self.assert_table(tmp_path, "orders", STARTED)
        self.assert_clean(tmp_path)

    def test_a_checkpoint_comes_back_as_it_was_given(self, tmp_path: Path) -> None:
        value: dict[str, Json] = {
            "cursor": "2024-02-29T12:00:00.000001Z",
            "n": 2**53 + 1,
            "nested": {"a": [1, None, 'q"🦉']},
        }
        with self.opened(tmp_path) as destination:
            request = request_for(STARTED, self.some_write(destination))
            assert destination.checkpoints("shop") == ()
        self.load(tmp_path, request, STARTED, value)
        with self.opened(tmp_path) as destination:
            (stored,) = destination.checkpoints("shop")
            assert destination.checkpoints("another") == ()
            load = destination.open(request_for(STARTED, request.write, load_id="load-2"))
            assert load.last_checkpoint() == stored
            load.abort()
        assert stored.value == value
        assert (stored.pipeline, stored.stream, stored.table) == ("shop", "public.orders", "orders")
        assert stored.load_id == "load-1"
        assert stored.committed_at.tzinfo is not None

    def test_checkpoints_of_other_streams_and_pipelines_stay_apart(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as destination:
            write = self.some_write(destination)
        self.load(tmp_path, request_for(STARTED, write, load_id="a"), STARTED, {"n": 1})
        other = request_for(STARTED, write, load_id="b", stream="other", table="others")
        self.load(tmp_path, other, STARTED, {"n": 2})
        third = request_for(STARTED, write, load_id="c", pipeline="another")
        with self.opened(tmp_path) as destination:
            found = {(item.stream, item.table): item.value for item in destination.checkpoints("shop")}
            load = destination.open(third)
            assert load.last_checkpoint() is None
            load.abort()
        assert found == {("public.orders", "orders"): {"n": 1}, ("other", "others"): {"n": 2}}

    def test_a_checkpoint_can_be_set_and_forgotten(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as destination:
            request = request_for(STARTED, self.some_write(destination))
            destination.set_checkpoint("shop", "public.orders", "orders", {"n": 7})
            assert [item.value for item in destination.checkpoints("shop")] == [{"n": 7}]
            destination.set_checkpoint("shop", "public.orders", "orders", {"n": 8})
            load = destination.open(request)
            last = load.last_checkpoint()
            load.abort()
            destination.set_checkpoint("shop", "public.orders", "orders", None)
            assert destination.checkpoints("shop") == ()
        assert last is not None
        assert last.value == {"n": 8}

    def test_two_loads_of_one_table_exclude_each_other(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as one, self.opened(tmp_path) as other:
            write = self.some_write(one)
            first = one.open(request_for(STARTED, write))
            with pytest.raises(Busy) as caught:
                other.open(request_for(STARTED, write, load_id="load-2"))
            assert "orders" in caught.value.message
            receipts = [first.write("a", STARTED.to_reader())]
            first.commit(receipts, None)
            other.open(request_for(STARTED, write, load_id="load-3")).abort()
        self.assert_table(tmp_path, "orders", STARTED)

    def test_loads_of_two_tables_run_side_by_side(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as destination:
            write = self.some_write(destination)
            one = destination.open(request_for(STARTED, write, load_id="a"))
            other = destination.open(request_for(LATER, write, load_id="b", table="others"))
            receipts = [one.write("p", STARTED.to_reader())], [other.write("p", LATER.to_reader())]
            other.commit(receipts[1], {"n": 2})
            one.commit(receipts[0], {"n": 1})
        self.assert_table(tmp_path, "orders", STARTED)
        self.assert_table(tmp_path, "others", LATER)

    def test_as_many_writers_as_it_declares_write_at_once(self, tmp_path: Path) -> None:
        with self.opened(tmp_path) as destination:
            writers = min(4, destination.capabilities().parallel_writers)
            parts = [
                pa.table({"id": range(at, 8_000, writers), "amount": range(at, 8_000, writers)})
                for at in range(writers)
            ]
            load = destination.open(request_for(parts[0], self.some_write(destination)))
            with ThreadPoolExecutor(writers) as pool:
                jobs = [pool.submit(load.write, f"p{at}", part.to_reader(500)) for at, part in enumerate(parts)]
                receipts = [job.result(timeout=60) for job in jobs]
            load.commit(receipts, None)
        self.assert_table(tmp_path, "orders", pa.concat_tables(parts))

    def test_abort_returns_within_five_seconds_while_a_write_waits_for_rows(self, tmp_path: Path) -> None:
        waiting, go_on = threading.Event(), threading.Event()

        def slow() -> Iterator[pa.RecordBatch]:
            yield from STARTED.to_batches()
            waiting.set()
            go_on.wait(60)
            yield from STARTED.to_batches()

        with self.opened(tmp_path) as destination, ThreadPoolExecutor(1) as pool:
            load = destination.open(request_for(STARTED, self.some_write(destination)))
            job = pool.submit(load.write, "a", pa.RecordBatchReader.from_batches(STARTED.schema, slow()))
            assert waiting.wait(30)
            started = time.monotonic()
            load.abort()
            took = time.monotonic() - started
            go_on.set()
            assert job.exception(timeout=30) is not None, "a write went on after the abort"
            assert took < 5
            again = destination.open(request_for(STARTED, self.some_write(destination), load_id="load-2"))
            again.abort()
        found = self.read_table(tmp_path, "orders")
        assert found is None or found.num_rows == 0
        self.assert_clean(tmp_path)

    def test_a_reader_that_fails_fails_the_write_and_the_load_can_be_aborted(self, tmp_path: Path) -> None:
        def broken() -> Iterator[pa.RecordBatch]:
            yield from STARTED.to_batches()
            raise OSError("the source went away")

        with self.opened(tmp_path) as destination:
            load = destination.open(request_for(STARTED, self.some_write(destination)))
            with pytest.raises(Exception, match="the source went away"):
                load.write("a", pa.RecordBatchReader.from_batches(STARTED.schema, broken()))
            load.abort()
        self.assert_clean(tmp_path)

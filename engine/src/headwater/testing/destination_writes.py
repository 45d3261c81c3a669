"""Part of the destination suite: what each write strategy leaves in the table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from headwater.sdk.destination import Committed, KeepsAbsent, Write
from headwater.sdk.errors import ConfigError, DataError
from headwater.testing.destination_case import LATER, STARTED, DestinationCase, request_for

FROM, TO = "_hw_valid_from", "_hw_valid_to"


class DestinationWrites(DestinationCase):
    def loads(self, place: Path, write: Write, *tables: pa.Table, **changes: Any) -> list[Committed]:
        """One load after the other into `orders`; skips when the strategy is not declared."""
        with self.opened(place) as destination:
            if write not in destination.capabilities().writes:
                pytest.skip(f"it does not declare {write}")
        return [
            self.load(place, request_for(table, write, load_id=f"load-{at}", **changes), table)
            for at, table in enumerate(tables)
        ]

    def versions(self, place: Path) -> list[tuple[Any, ...]]:
        """(id, amount, stands) of every version, sorted; of one key at most one version stands."""
        found = self.read_table(place, "orders")
        assert found is not None
        assert {FROM, TO} <= set(found.schema.names)
        by_id: dict[object, list[tuple[object, object]]] = {}
        for row in found.to_pylist():
            assert row[FROM] is not None
            assert row[TO] is None or row[FROM] <= row[TO]
            by_id.setdefault(row["id"], []).append((row[FROM], row[TO]))
        assert all(sum(end is None for _, end in spans) <= 1 for spans in by_id.values()), "two versions stand"
        return sorted((row["id"], row["amount"], row[TO] is None) for row in found.to_pylist())

    def test_replace_leaves_exactly_the_rows_of_the_load(self, tmp_path: Path) -> None:
        first, second = self.loads(tmp_path, Write.REPLACE, STARTED, LATER)
        assert (first.written, second.written) == (2, 2)
        self.assert_table(tmp_path, "orders", LATER)
        self.assert_clean(tmp_path)

    def test_replace_by_nothing_leaves_an_empty_table(self, tmp_path: Path) -> None:
        self.loads(tmp_path, Write.REPLACE, STARTED, STARTED.slice(0, 0))
        self.assert_table(tmp_path, "orders", STARTED.slice(0, 0))

    def test_append_keeps_what_is_there(self, tmp_path: Path) -> None:
        self.loads(tmp_path, Write.APPEND, STARTED, LATER, LATER)
        self.assert_table(tmp_path, "orders", pa.concat_tables([STARTED, LATER, LATER]))
        self.assert_clean(tmp_path)

    def test_merge_updates_rows_of_a_known_key_and_inserts_the_others(self, tmp_path: Path) -> None:
        _, second = self.loads(tmp_path, Write.MERGE, STARTED, LATER)
        assert (second.written, second.deduplicated) == (2, 0)
        assert second.changed.get("inserted") == 1
        assert second.changed.get("updated") == 1
        expected = pa.table({"id": [1, 2, 3], "amount": [10, 21, 30], "note": ["one", "two", "three"]})
        self.assert_table(tmp_path, "orders", expected)
        self.assert_clean(tmp_path)

    def test_merge_leaves_columns_alone_that_the_load_does_not_have(self, tmp_path: Path) -> None:
        self.loads(tmp_path, Write.MERGE, STARTED, LATER.select(["id", "amount"]))
        expected = pa.table({"id": [1, 2, 3], "amount": [10, 21, 30], "note": ["one", None, None]})
        self.assert_table(tmp_path, "orders", expected)
        self.loads(tmp_path, Write.MERGE, STARTED, LATER, LATER.select(["id"]), table="others")
        self.assert_table(tmp_path, "others", pa.concat_tables([STARTED.slice(0, 1), LATER]))

    def test_merging_the_same_rows_again_changes_nothing(self, tmp_path: Path) -> None:
        self.loads(tmp_path, Write.MERGE, STARTED, STARTED)
        self.assert_table(tmp_path, "orders", STARTED)

    def test_of_rows_that_share_a_key_the_highest_cursor_wins(self, tmp_path: Path) -> None:
        rows = pa.table(
            {
                "id": [1, 2, 1, 1, 2],
                "amount": [5, 7, 9, 8, None],
                "note": ["old", "new", "newest", "newer", "no cursor"],
            }
        )
        (done,) = self.loads(tmp_path, Write.MERGE, rows, cursor="amount")
        assert (done.written, done.deduplicated) == (2, 3)
        self.assert_table(tmp_path, "orders", pa.table({"id": [1, 2], "amount": [9, 7], "note": ["newest", "new"]}))

    def test_rows_that_share_a_key_without_a_cursor_leave_one(self, tmp_path: Path) -> None:
        rows = pa.table({"id": [1, 1, 1, 2], "amount": [5, 5, 5, 6], "note": ["a", "a", "a", "b"]})
        (done,) = self.loads(tmp_path, Write.MERGE, rows)
        assert (done.written, done.deduplicated) == (2, 2)
        self.assert_table(tmp_path, "orders", pa.table({"id": [1, 2], "amount": [5, 6], "note": ["a", "b"]}))

    def test_a_key_of_several_columns_tells_rows_apart(self, tmp_path: Path) -> None:
        one = pa.table({"id": [1, 1], "amount": [10, 20], "note": ["a", "b"]})
        two = pa.table({"id": [1, 2], "amount": [20, 20], "note": ["B", "c"]})
        self.loads(tmp_path, Write.MERGE, one, two, key=("id", "amount"))
        expected = pa.table({"id": [1, 1, 2], "amount": [10, 20, 20], "note": ["a", "B", "c"]})
        self.assert_table(tmp_path, "orders", expected)

    @pytest.mark.parametrize("write", [Write.MERGE, Write.SCD2])
    def test_a_null_in_the_key_is_refused_and_nothing_is_kept(self, tmp_path: Path, write: Write) -> None:
        self.loads(tmp_path, write, STARTED)
        wrong = pa.table({"id": [3, None], "amount": [1, 2], "note": ["a", "b"]})
        with pytest.raises(DataError) as caught:
            self._load_and_abort(tmp_path, write, wrong)
        assert "id" in caught.value.message
        self.assert_table(tmp_path, "orders", STARTED)
        self.assert_clean(tmp_path)

    def _load_and_abort(self, place: Path, write: Write, table: pa.Table) -> None:
        with self.opened(place) as destination:
            load = destination.open(request_for(table, write, load_id="wrong"))
            try:
                load.commit([load.write("a", table.to_reader())], None)
            finally:
                load.abort()

    @pytest.mark.parametrize("write", [Write.MERGE, Write.SCD2])
    def test_a_strategy_that_needs_a_key_is_refused_without_one(self, tmp_path: Path, write: Write) -> None:
        with self.opened(tmp_path) as destination:
            if write not in destination.capabilities().writes:
                pytest.skip(f"it does not declare {write}")
            with pytest.raises(ConfigError):
                destination.open(request_for(STARTED, write, key=()))

    def test_scd2_keeps_every_version_and_marks_the_one_that_stands(self, tmp_path: Path) -> None:
        first, second = self.loads(tmp_path, Write.SCD2, STARTED, LATER, full=False)
        assert first.changed.get("inserted") == 2
        assert second.changed.get("inserted") == 1
        assert second.changed.get("updated") == 1
        assert self.versions(tmp_path) == [(1, 10, True), (2, 20, False), (2, 21, True), (3, 30, True)]
        self.assert_clean(tmp_path)

    def test_scd2_closes_what_a_full_load_does_not_have(self, tmp_path: Path) -> None:
        _, second = self.loads(tmp_path, Write.SCD2, STARTED, LATER)
        assert second.changed.get("closed") == 1
        assert self.versions(tmp_path) == [(1, 10, False), (2, 20, False), (2, 21, True), (3, 30, True)]

    def test_scd2_closes_nothing_for_being_absent_when_rows_were_set_aside(self, tmp_path: Path) -> None:
        self.loads(tmp_path, Write.SCD2, STARTED)
        with self.opened(tmp_path) as destination:
            load = destination.open(request_for(LATER, Write.SCD2, load_id="load-1"))
            receipt = load.write("p", LATER.to_reader())
            assert isinstance(load, KeepsAbsent)
            load.keep_absent()
            assert load.commit([receipt], {"n": 1}).changed.get("closed") == 0
        assert self.versions(tmp_path) == [(1, 10, True), (2, 20, False), (2, 21, True), (3, 30, True)]

    def test_scd2_opens_a_new_version_when_a_closed_key_returns(self, tmp_path: Path) -> None:
        self.loads(tmp_path, Write.SCD2, STARTED, LATER, STARTED)
        assert self.versions(tmp_path) == [
            (1, 10, False),
            (1, 10, True),
            (2, 20, False),
            (2, 20, True),
            (2, 21, False),
            (3, 30, False),
        ]

    def test_scd2_with_the_same_rows_again_changes_nothing(self, tmp_path: Path) -> None:
        rows = pa.table({"id": [1, 2], "amount": [None, 20], "note": [None, "same"]})
        _, second = self.loads(tmp_path, Write.SCD2, rows, rows)
        assert second.written == 2
        assert second.changed.get("unchanged") == 2
        assert [version[2] for version in sorted(self.versions(tmp_path), key=str)] == [True, True]

    def test_scd2_counts_rows_that_lost_against_another_of_their_key(self, tmp_path: Path) -> None:
        rows = pa.table({"id": [1, 1, 2], "amount": [5, 9, 1], "note": ["old", "new", "x"]})
        (done,) = self.loads(tmp_path, Write.SCD2, rows, cursor="amount")
        assert (done.written, done.deduplicated) == (2, 1)
        assert self.versions(tmp_path) == [(1, 9, True), (2, 1, True)]

    @pytest.mark.parametrize("write", list(Write))
    def test_a_load_without_rows_makes_the_table(self, tmp_path: Path, write: Write) -> None:
        self.loads(tmp_path, write, STARTED.slice(0, 0))
        self.assert_table(tmp_path, "orders", STARTED.slice(0, 0))
        self.assert_clean(tmp_path)

    @pytest.mark.parametrize("write", list(Write))
    def test_a_load_without_partitions_makes_the_table(self, tmp_path: Path, write: Write) -> None:
        with self.opened(tmp_path) as destination:
            if write not in destination.capabilities().writes:
                pytest.skip(f"it does not declare {write}")
            assert destination.open(request_for(STARTED, write)).commit([], {"n": 1}).written == 0
        self.assert_table(tmp_path, "orders", STARTED.slice(0, 0))

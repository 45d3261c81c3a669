"""Part of the destination suite: what happens to the table when the stream's schema has changed."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from headwater.sdk.destination import Evolution, SchemaChange, Write
from headwater.sdk.errors import ConfigError, SchemaChanged
from headwater.testing.destination_case import STARTED, DestinationCase, request_for

GROWN = STARTED.append_column("extra", pa.array(["e", None]))


class DestinationSchema(DestinationCase):
    def _append(
        self, place: Path, load_id: str, table: pa.Table, evolution: Evolution = Evolution.EVOLVE
    ) -> tuple[SchemaChange, ...]:
        """Append the table; the changes that were reported."""
        with self.opened(place) as destination:
            if Write.APPEND not in destination.capabilities().writes:
                pytest.skip("it does not append")
            load = destination.open(request_for(table, Write.APPEND, load_id=load_id, evolution=evolution))
            changes = load.schema_changes
            load.commit([load.write("a", table.to_reader())], None)
        return changes

    def test_a_new_table_reports_its_columns_as_created(self, tmp_path: Path) -> None:
        changes = self._append(tmp_path, "load-1", STARTED)
        assert [(item.column, item.change) for item in changes] == [
            ("id", "created"),
            ("amount", "created"),
            ("note", "created"),
        ]

    def test_the_same_schema_again_reports_no_change(self, tmp_path: Path) -> None:
        self._append(tmp_path, "load-1", STARTED)
        assert self._append(tmp_path, "load-2", STARTED) == ()

    def test_evolve_adds_a_new_column_and_old_rows_have_null(self, tmp_path: Path) -> None:
        self._append(tmp_path, "load-1", STARTED)
        with self.opened(tmp_path) as destination:
            if not destination.capabilities().adds_columns:
                with pytest.raises(SchemaChanged):
                    destination.open(request_for(GROWN, Write.APPEND, load_id="load-2"))
                return
        (change,) = self._append(tmp_path, "load-2", GROWN)
        assert (change.column, change.change) == ("extra", "added")
        old = STARTED.append_column("extra", pa.nulls(2, pa.string()))
        self.assert_table(tmp_path, "orders", pa.concat_tables([old, GROWN]))

    def test_an_aborted_load_does_not_lose_rows_to_its_schema_change(self, tmp_path: Path) -> None:
        self._append(tmp_path, "load-1", STARTED)
        with self.opened(tmp_path) as destination:
            if not destination.capabilities().adds_columns:
                pytest.skip("it adds no columns")
            load = destination.open(request_for(GROWN, Write.APPEND, load_id="load-2"))
            load.write("a", GROWN.to_reader())
            load.abort()
        found = self.read_table(tmp_path, "orders")
        assert found is not None
        assert found.num_rows == STARTED.num_rows

    def test_evolve_fills_a_missing_column_with_null(self, tmp_path: Path) -> None:
        self._append(tmp_path, "load-1", GROWN)
        (change,) = self._append(tmp_path, "load-2", STARTED)
        assert (change.column, change.change) == ("extra", "missing")
        new = STARTED.append_column("extra", pa.nulls(2, pa.string()))
        self.assert_table(tmp_path, "orders", pa.concat_tables([GROWN, new]))

    def test_evolve_follows_columns_that_change_their_order(self, tmp_path: Path) -> None:
        self._append(tmp_path, "load-1", STARTED)
        self._append(tmp_path, "load-2", STARTED.select(["note", "amount", "id"]))
        self.assert_table(tmp_path, "orders", pa.concat_tables([STARTED, STARTED]))

    def test_evolve_widens_a_column(self, tmp_path: Path) -> None:
        narrow = pa.table({"id": pa.array([1, None], pa.int32())})
        wide = pa.table({"id": pa.array([2**40], pa.int64())})
        with self.opened(tmp_path) as destination:
            widens = destination.capabilities().widens_columns
        self._append(tmp_path, "load-1", narrow)
        if not widens:
            with pytest.raises(SchemaChanged):
                self._append(tmp_path, "load-2", wide)
            return
        (change,) = self._append(tmp_path, "load-2", wide)
        assert (change.column, change.change, change.before, change.after) == (
            "id",
            "widened",
            "int32",
            "int64",
        )
        self.assert_table(tmp_path, "orders", pa.table({"id": pa.array([1, None, 2**40], pa.int64())}))

    def test_a_narrower_type_fits_the_table_as_it_is(self, tmp_path: Path) -> None:
        self._append(tmp_path, "load-1", pa.table({"id": pa.array([2**40], pa.int64())}))
        assert self._append(tmp_path, "load-2", pa.table({"id": pa.array([1], pa.int16())})) == ()
        self.assert_table(tmp_path, "orders", pa.table({"id": pa.array([2**40, 1], pa.int64())}))

    def test_evolve_refuses_a_type_that_would_lose_values(self, tmp_path: Path) -> None:
        self._append(tmp_path, "load-1", STARTED)
        text = STARTED.set_column(1, "amount", pa.array(["ten", "twenty"]))
        with pytest.raises(SchemaChanged) as caught:
            self._append(tmp_path, "load-2", text)
        assert "amount" in caught.value.message
        self.assert_table(tmp_path, "orders", STARTED)
        self.assert_clean(tmp_path)

    def test_freeze_refuses_a_new_column_and_names_it(self, tmp_path: Path) -> None:
        self._append(tmp_path, "load-1", STARTED)
        with pytest.raises(SchemaChanged) as caught:
            self._append(tmp_path, "load-2", GROWN, Evolution.FREEZE)
        assert "extra" in caught.value.message
        self.assert_table(tmp_path, "orders", STARTED)
        self.assert_clean(tmp_path)

    def test_freeze_takes_the_same_schema(self, tmp_path: Path) -> None:
        self._append(tmp_path, "load-1", STARTED, Evolution.FREEZE)
        self._append(tmp_path, "load-2", STARTED, Evolution.FREEZE)
        self.assert_table(tmp_path, "orders", pa.concat_tables([STARTED, STARTED]))

    def test_ignore_drops_a_new_column_and_says_so(self, tmp_path: Path) -> None:
        self._append(tmp_path, "load-1", STARTED)
        (change,) = self._append(tmp_path, "load-2", GROWN, Evolution.IGNORE)
        assert (change.column, change.change) == ("extra", "ignored")
        self.assert_table(tmp_path, "orders", pa.concat_tables([STARTED, STARTED]))

    def test_replace_may_change_a_type_altogether(self, tmp_path: Path) -> None:
        text = pa.table({"id": ["one"]})
        with self.opened(tmp_path) as destination:
            if Write.REPLACE not in destination.capabilities().writes:
                pytest.skip("it does not replace")
            if not destination.capabilities().widens_columns:
                pytest.skip("it changes no types")
        self.load(tmp_path, request_for(STARTED.select(["id"]), Write.REPLACE), STARTED.select(["id"]))
        self.load(tmp_path, request_for(text, Write.REPLACE, load_id="load-2"), text)
        self.assert_table(tmp_path, "orders", text)

    def test_two_thousand_columns_are_kept_or_refused_before_anything_is_written(self, tmp_path: Path) -> None:
        self._kept_or_refused(tmp_path, pa.table({f"c{number}": [number] for number in range(2_000)}))

    def test_columns_that_differ_only_in_case_are_kept_or_refused(self, tmp_path: Path) -> None:
        self._kept_or_refused(tmp_path, pa.table({"id": [1], "ID": [2], "Id": [3]}))

    def _kept_or_refused(self, place: Path, table: pa.Table) -> None:
        with self.opened(place) as destination:
            try:
                load = destination.open(request_for(table, self.some_write(destination)))
            except ConfigError as error:
                refused = error
            else:
                refused = None
                load.commit([load.write("a", table.to_reader())], None)
        if refused is None:
            self.assert_table(place, "orders", table)
        else:
            assert refused.hint, "a refusal says what to do"
            self.assert_clean(place)

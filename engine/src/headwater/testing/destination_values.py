"""Part of the destination suite: values and names that hurt arrive unchanged, or are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from headwater.sdk.destination import Write
from headwater.sdk.errors import DataError
from headwater.testing.destination_case import DestinationCase, request_for
from headwater.testing.values import null_table, wide_table


class DestinationValues(DestinationCase):
    @pytest.mark.parametrize("write", list(Write))
    def test_every_type_arrives_with_its_extremes(self, tmp_path: Path, write: Write) -> None:
        self._arrives(tmp_path, write, wide_table(self.types))

    def test_nulls_in_every_column_stay_null(self, tmp_path: Path) -> None:
        self._arrives(tmp_path, Write.APPEND, null_table(self.types))

    @pytest.mark.parametrize("write", [Write.MERGE, Write.SCD2])
    def test_the_same_hurtful_values_twice_are_no_change(self, tmp_path: Path, write: Write) -> None:
        table = wide_table(self.types)
        self._arrives(tmp_path, write, table)
        self._arrives(tmp_path, write, table, load_id="load-2")

    @pytest.mark.parametrize("write", list(Write))
    def test_hostile_column_names_arrive(self, tmp_path: Path, write: Write) -> None:
        table = pa.table({name: [at, -at - 1] for at, name in enumerate(self.hostile_columns)})
        self._arrives(tmp_path, write, table, key=(self.hostile_columns[3], self.hostile_columns[0]))

    def test_hostile_table_names_arrive(self, tmp_path: Path) -> None:
        for at, name in enumerate(self.hostile_tables):
            table = pa.table({"row_no": [at], "name": [name]})
            self._arrives(tmp_path, Write.APPEND, table, table=name, load_id=f"load-{at}")

    def test_a_nul_in_a_text_is_kept_or_refused_but_never_cut(self, tmp_path: Path) -> None:
        table = pa.table({"row_no": [1, 2], "text": ["before\0after", "plain"]})
        named = ""
        try:
            self._arrives(tmp_path, Write.APPEND, table)
        except DataError as refused:
            named = refused.message
        assert not named or "text" in named, "a refusal names the column"
        self.assert_clean(tmp_path)

    def _arrives(self, place: Path, write: Write, rows: pa.Table, /, **changes: Any) -> None:
        request = request_for(rows, write, **{"key": ("row_no",), **changes})
        with self.opened(place) as destination:
            if write not in destination.capabilities().writes:
                pytest.skip(f"it does not declare {write}")
            load = destination.open(request)
            try:
                load.commit([load.write("a", rows.to_reader(max_chunksize=7))], None)
            finally:
                load.abort()
        self.assert_table(place, request.table, rows)

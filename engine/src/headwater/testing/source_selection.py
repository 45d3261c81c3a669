"""Part of the source suite: predicates are never wrong, cursor ranges are exact."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pyarrow as pa
import pytest

from headwater.sdk.stream import CursorRange, Predicate
from headwater.testing.source_case import SourceCase, read_all, request
from headwater.testing.values import difference, family, wide_table
from headwater.toolkit.arrow_filter import filter_table
from headwater.toolkit.pushdown import Operator

_UNFILTERED = ("interval", "list", "struct", "json")
_STARTED = datetime(2024, 2, 29, 12, tzinfo=UTC)

EVENTS = pa.table(
    {
        "id": pa.array([1, 2, 3, 4, 5, 6], pa.int64()),
        "seen": pa.array(
            [
                _STARTED,
                _STARTED,
                _STARTED + timedelta(microseconds=1),
                _STARTED + timedelta(days=1),
                None,
                None,
            ],
            pa.timestamp("us", "UTC"),
        ),
        "level": pa.array([10, 20, 20, 30, None, 40], pa.int64()),
    }
)


class SourceSelection(SourceCase):
    def test_rows_satisfy_every_predicate_that_was_pushed_down(self, tmp_path: Path) -> None:
        table = wide_table(self.types)
        self.seed(tmp_path, "wide", table)
        with self.opened(tmp_path) as source:
            stream = source.describe(self.stream_name("wide"))
            everything = read_all(source, source.plan(request(stream)))
            for predicate in _predicates(everything):
                partitions = source.plan(request(stream, predicates=(predicate,)))
                assert set(partitions.pushed) <= {predicate}
                found = read_all(source, partitions)
                expected = filter_table(everything, partitions.pushed)
                assert not (problem := difference(found, expected)), f"{predicate}: {problem}"

    def test_a_predicate_may_name_a_column_that_is_not_read(self, tmp_path: Path) -> None:
        self.seed(tmp_path, "events", EVENTS)
        predicate = Predicate("level", ">=", (pa.scalar(20, pa.int64()),))
        with self.opened(tmp_path) as source:
            stream = source.describe(self.stream_name("events"))
            partitions = source.plan(request(stream, ["id"], predicates=(predicate,)))
            found = read_all(source, partitions)
        expected = filter_table(EVENTS, partitions.pushed).select(["id"])
        assert not difference(found, self.expected(expected))

    @pytest.mark.parametrize("parallelism", [1, 3])
    @pytest.mark.parametrize("nulls", [True, False])
    @pytest.mark.parametrize("column", ["seen", "level"])
    def test_a_cursor_range_is_inclusive_at_both_ends(
        self, tmp_path: Path, column: str, *, nulls: bool, parallelism: int
    ) -> None:
        if column == "seen" and "timestamptz" not in self.types:
            pytest.skip("this system has no instants")
        self.seed(tmp_path, "events", EVENTS)
        with self.opened(tmp_path) as source:
            stream = source.describe(self.stream_name("events"))
            everything = read_all(source, source.plan(request(stream)))
            values = everything.column(column).drop_null().unique()
            for lower in (None, *values):
                for upper in (None, *values):
                    cursor = CursorRange(column, lower, upper, nulls=nulls)
                    partitions = source.plan(request(stream, ["id"], cursor=cursor, parallelism=parallelism))
                    found = read_all(source, partitions)
                    inside = filter_table(everything, (), cursor)
                    assert not (problem := difference(found, inside.select(["id"]))), f"{cursor}: {problem}"
                    if partitions.upper is not None:
                        highest = max(value for value in inside.column(column).to_pylist() if value is not None)
                        assert partitions.upper.as_py() == highest

    def test_cursor_and_predicates_hold_together(self, tmp_path: Path) -> None:
        self.seed(tmp_path, "events", EVENTS)
        predicate = Predicate("id", "<", (pa.scalar(4, pa.int64()),))
        cursor = CursorRange("level", pa.scalar(20, pa.int64()), None, nulls=True)
        with self.opened(tmp_path) as source:
            stream = source.describe(self.stream_name("events"))
            partitions = source.plan(request(stream, ["id"], predicates=(predicate,), cursor=cursor))
            found = read_all(source, partitions)
        expected = filter_table(EVENTS, partitions.pushed, cursor).select(["id"])
        assert not difference(found, self.expected(expected))


def _predicates(table: pa.Table) -> list[Predicate]:
    """For every column, every operator with a value from the data, and a few that meet nothing."""
    found: list[Predicate] = []
    for field in table.schema:
        found += [Predicate(field.name, "is_null"), Predicate(field.name, "is_not_null")]
        if family(field) in _UNFILTERED:
            continue
        values = [value for value in table.column(field.name) if value.is_valid]
        if not values:
            continue
        few = tuple(values[:: max(1, len(values) // 3)])
        for operator in get_args(Operator):
            if operator == "in":
                found.append(Predicate(field.name, "in", few))
            elif not operator.startswith("is"):
                found += [Predicate(field.name, operator, (value,)) for value in few]
    return found

"""Parting a batch by the fate of its rows."""

import pyarrow as pa

from headwater.plan.lower import DEDUPLICATED, FATE, FILTERED, REJECTED, WHY
from headwater.run.local.split import Tally, split

WHY_TYPE = pa.struct([("rules", pa.list_(pa.int32())), ("row", pa.string())])


def test_a_batch_without_fates_passes_whole() -> None:
    batch = pa.record_batch({"n": [1, 2]})
    parted = split(batch)
    assert (parted.clean, parted.rejected, parted.tally) == (batch, None, Tally(read=2, passed=2))


def test_every_row_goes_to_one_place() -> None:
    fates = pa.array([None, FILTERED, REJECTED, DEDUPLICATED, None, REJECTED], pa.int8())
    why = pa.array([None, None, {"rules": [0], "row": "c"}, None, None, {"rules": [1, 2], "row": "f"}], WHY_TYPE)
    batch = pa.record_batch([pa.array(list("abcdef")), fates, why], names=["n", FATE, WHY])
    parted = split(batch)
    assert parted.clean.to_pydict() == {"n": ["a", "e"]}
    assert parted.rejected is not None
    assert parted.rejected.field("row").to_pylist() == ["c", "f"]
    assert parted.tally == Tally(read=6, filtered=1, rejected=2, deduplicated=1, passed=2)


def test_a_batch_whose_rows_all_go_on_is_not_copied() -> None:
    batch = pa.record_batch([pa.array([1, 2]), pa.nulls(2, pa.int8())], names=["n", FATE])
    parted = split(batch)
    assert parted.clean.to_pydict() == {"n": [1, 2]}
    assert parted.clean.column(0).buffers()[1].address == batch.column(0).buffers()[1].address


def test_an_empty_batch_has_no_rows_anywhere() -> None:
    batch = pa.record_batch([pa.array([], pa.int64()), pa.nulls(0, pa.int8())], names=["n", FATE])
    assert split(batch).tally == Tally()


def test_tallies_add_up() -> None:
    tally = Tally(1, 2, 3, 4, 5)
    tally.add(Tally(10, 20, 30, 40, 50))
    assert tally == Tally(11, 22, 33, 44, 55)

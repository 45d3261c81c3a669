"""Preview: the first rows after any step, with what was rejected on the way; nothing is written, little is read."""

import pytest
from unit.run.bench import Bench, orders

from headwater.sdk.errors import ConfigError, DataError, UnknownName
from headwater.testing.memory import Fault

ROWS = orders(*[(n, n, n) for n in range(1_000)])
STEPS = [
    "{type: columns, name: shorter, config: {columns: {id: '\"id\"', twice: '\"n\" * 2'}}}",
    "{type: rules, name: sane, config: {rules: {third: '\"id\" % 3 = 0'}}}",
    "{type: batch, name: last}",
]


def test_the_first_rows_after_each_step(bench: Bench) -> None:
    bench.shop.add("orders", ROWS)
    session = bench.session(steps=STEPS)
    (read,) = session.preview("p", after=0, limit=2)
    assert (read.after, read.rows.to_pylist()) == ("read", [{"id": 0, "n": 0}, {"id": 1, "n": 1}])
    (first,) = session.preview("p", after=1, limit=2)
    assert (first.after, first.rows.to_pylist()) == ("shorter", [{"id": 0, "twice": 0}, {"id": 1, "twice": 2}])
    (second,) = session.preview("p", after=2, limit=2)
    assert (second.after, second.rows.column("id").to_pylist()) == ("sane", [1, 2])
    assert second.rejected.column("row").to_pylist()[0] == '{"id":0,"twice":0}'
    (whole,) = session.preview("p", limit=3)
    assert (whole.after, whole.rows.column("id").to_pylist()) == ("last", [1, 2, 4])


def test_nothing_is_left_of_a_preview(bench: Bench) -> None:
    bench.shop.add("orders", ROWS)
    bench.session(steps=STEPS).preview("p")
    assert [path for path in bench.home.rglob("*") if path.is_file()] == []
    assert (bench.lake.tables, bench.lake.live, bench.lake.saved) == ({}, {}, {})


def test_a_step_that_is_not_there_is_answered_with_those_that_are(bench: Bench) -> None:
    bench.shop.add("orders", ROWS)
    with pytest.raises(ConfigError) as caught:
        bench.session(steps=STEPS).preview("p", after=4)
    assert caught.value.public_code == "config.unknown_step"
    assert "0 (as read), 1, 2, 3" in (caught.value.hint or "")


def test_one_stream_of_many(bench: Bench) -> None:
    bench.shop.add("orders", ROWS).add("lines", ROWS)
    assert [item.stream for item in bench.session("orders", "lines").preview("p", stream="lines")] == ["lines"]
    with pytest.raises(UnknownName, match="lnes"):
        bench.session("orders", "lines").preview("p", stream="lnes")


def test_an_error_of_the_source_keeps_its_own_words(bench: Bench) -> None:
    bench.shop.add("orders", ROWS)
    bench.shop.faults.add(Fault("read", "orders", error=DataError("row 1 is torn", code="data.torn")))
    with pytest.raises(DataError, match="row 1 is torn"):
        bench.session(steps=STEPS).preview("p")
    assert [path for path in bench.home.rglob("*") if path.is_file()] == []


def test_a_stream_whose_rows_are_all_filtered_is_not_read_to_its_end(bench: Bench) -> None:
    bench.source = "{type: memory, config: {system: SHOP, batch_rows: 10000}}"
    bench.shop.add("orders", ROWS.take([n % 1_000 for n in range(2_000_000)]))
    never = bench.shop.faults.add(Fault("read", "orders", batch=60, error=DataError("read too far")))
    (seen,) = bench.session(steps=["{type: filter, config: {where: '\"n\" < 0'}}"]).preview("p")
    assert (seen.rows.num_rows, never.hits) == (0, 0)


def test_an_empty_stream_shows_its_columns(bench: Bench) -> None:
    bench.shop.add("orders", orders())
    (seen,) = bench.session(steps=STEPS[:1]).preview("p")
    assert (seen.rows.num_rows, seen.rows.column_names) == (0, ["id", "twice"])

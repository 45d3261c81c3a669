"""Batch processors: between queries, in any number, and held to their contract."""

import pytest
from unit.run.bench import Bench, orders

ROWS = orders(*[(n, n, n) for n in range(2_500)])


def batch(do: str) -> str:
    return f"{{type: batch, config: {{do: {do}}}}}"


def test_queries_and_batch_processors_take_turns(bench: Bench) -> None:
    bench.shop.add("orders", ROWS)
    steps = [
        "{type: filter, config: {where: '\"n\" > 999'}}",
        batch("double"),
        "{type: rules, config: {rules: {odd: '\"n\" % 4 = 2'}}}",
        batch("double"),
        batch("pass"),
        "{type: columns, config: {columns: {id: '\"id\"', m: '\"n\" + 1'}}}",
    ]
    report = bench.load("{name: orders, write: append}", steps=steps)
    assert (report.rows.read, report.rows.filtered, report.rows.rejected) == (2_500, 1_000, 750)
    assert (report.rows.written, report.balanced) == (750, True)
    assert bench.rows() == sorted(((n, n * 4 + 1) for n in range(1_000, 2_500, 2)), key=repr)


@pytest.mark.parametrize("do", ["drop", "rename", "retype"])
def test_a_batch_processor_that_breaks_its_contract_is_a_bug_by_name(bench: Bench, do: str) -> None:
    bench.shop.add("orders", ROWS)
    report = bench.load(steps=[batch("pass"), batch(do)])
    assert report.error is not None
    assert report.error.public_code == "processor.broke_contract"
    assert "step 2 (batch)" in report.error.message
    assert bench.lake.tables == {}


def test_an_error_of_a_batch_processor_keeps_its_own_words(bench: Bench) -> None:
    bench.shop.add("orders", ROWS)
    filtered = "{type: filter, config: {where: 'true'}}"
    report = bench.load(steps=[batch("fail"), filtered])
    assert report.error is not None
    assert (report.error.public_code, report.error.message) == ("data.test", "this batch cannot be processed")


@pytest.mark.parametrize("steps", [("panic",), ("panic", "pass")])
def test_a_batch_processor_that_panics_fails_the_load(bench: Bench, steps: tuple[str, ...]) -> None:
    bench.shop.add("orders", ROWS)
    after = "{type: filter, config: {where: 'true'}}"
    report = bench.load(steps=[*(batch(do) for do in steps), after])
    assert report.error is not None
    assert (report.status, bench.lake.tables) == ("failed", {})


def test_a_batch_processor_sees_no_row_of_an_empty_stream(bench: Bench) -> None:
    bench.shop.add("orders", orders())
    report = bench.load(steps=[batch("drop")])
    assert (report.status, report.rows.written) == ("succeeded", 0)

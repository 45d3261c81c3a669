"""Every strategy, read fully and incrementally, from one in-memory system to another."""

from unit.run.bench import Bench, orders

INCREMENTAL = "{name: orders, mode: incremental, cursor: at, write: %s}"
PAID = orders((1, 10, 5), (2, 20, 6), (3, 20, 7))


def test_replace_leaves_exactly_the_rows_of_the_source(bench: Bench) -> None:
    bench.shop.add("orders", PAID, primary_key=("id",))
    first = bench.load("{name: orders, write: replace}")
    assert (first.rows.read, first.rows.written, first.balanced, first.status) == (3, 3, True, "succeeded")
    bench.shop.add("orders", orders((9, 1, 1)), primary_key=("id",))
    assert bench.load("{name: orders, write: replace}").rows.written == 1
    assert bench.rows() == [(9, 1, 1)]


def test_replace_is_the_default_of_a_full_stream(bench: Bench) -> None:
    bench.shop.add("orders", PAID, primary_key=("id",))
    assert bench.load().write == "replace"


def test_each_full_append_adds_all_rows(bench: Bench) -> None:
    bench.shop.add("orders", PAID)
    for _ in range(2):
        assert bench.load("{name: orders, write: append}").rows.written == 3
    assert bench.rows("orders", "id") == [(1,), (1,), (2,), (2,), (3,), (3,)]


def test_merge_updates_by_key_and_keeps_what_is_not_in_the_load(bench: Bench) -> None:
    bench.shop.add("orders", PAID, primary_key=("id",))
    bench.load("{name: orders, write: merge}")
    bench.shop.add("orders", orders((2, 30, 60), (4, 40, 8)), primary_key=("id",))
    report = bench.load("{name: orders, write: merge}")
    assert report.changed == {"inserted": 1, "updated": 1}
    assert bench.rows() == [(1, 10, 5), (2, 30, 60), (3, 20, 7), (4, 40, 8)]


def test_rows_that_share_a_key_count_as_deduplicated_and_the_highest_cursor_wins(bench: Bench) -> None:
    bench.shop.add("orders", orders((1, 30, 3), (1, 20, 2), (1, 10, 1)))
    report = bench.load("{name: orders, mode: incremental, cursor: at, write: merge, key: id}")
    assert (report.rows.read, report.rows.deduplicated, report.rows.written) == (3, 2, 1)
    assert report.balanced
    assert bench.rows() == [(1, 30, 3)]


def test_without_a_cursor_the_last_row_of_a_key_wins_however_many_threads_there_are(bench: Bench) -> None:
    bench.shop.add("orders", orders(*[(n % 5, 0, n) for n in range(20_000)]))
    bench.engine = "threads: 4"
    report = bench.load("{name: orders, write: merge, key: [id]}")
    assert (report.rows.deduplicated, report.rows.written) == (19_995, 5)
    assert bench.rows("orders", "id", "n") == [(i, 19_995 + i) for i in range(5)]


def test_scd2_closes_the_rows_a_full_read_does_not_hold(bench: Bench) -> None:
    bench.shop.add("orders", PAID, primary_key=("id",))
    bench.load("{name: orders, write: scd2}")
    bench.shop.add("orders", orders((1, 10, 5), (2, 20, 66)), primary_key=("id",))
    report = bench.load("{name: orders, write: scd2}")
    assert report.changed == {"inserted": 0, "updated": 1, "unchanged": 1, "closed": 1}
    versions = [(row[0], row[2], row[4] is None) for row in bench.rows()]
    assert versions == [(1, 5, True), (2, 6, False), (2, 66, True), (3, 7, False)]


def test_scd2_does_not_take_rows_that_were_rejected_for_gone(bench: Bench) -> None:
    bench.shop.add("orders", PAID, primary_key=("id",))
    bench.load("{name: orders, write: scd2}")
    bench.shop.add("orders", orders((1, 10, 5), (2, 20, -6)), primary_key=("id",))
    report = bench.load("{name: orders, write: scd2}", steps=["{type: rules, config: {rules: {paid: n < 0}}}"])
    assert (report.rows.rejected, report.rows.written) == (1, 1)
    assert report.changed["closed"] == 0
    assert report.warnings == ("rows were rejected, so scd2 closed no version for being absent from this run",)
    assert [(row[0], row[2], row[4] is None) for row in bench.rows()] == [(1, 5, True), (2, 6, True), (3, 7, True)]


def test_scd2_is_refused_where_a_destination_would_close_rows_that_were_rejected(bench: Bench) -> None:
    bench.target = "{type: blind, config: {system: LAKE}}"
    bench.shop.add("orders", orders((1, 10, 5), (2, 20, -6)), primary_key=("id",))
    report = bench.load("{name: orders, write: scd2}", steps=["{type: rules, config: {rules: {paid: n < 0}}}"])
    assert report.error is not None
    assert report.error.public_code == "data.rejected_would_close"
    assert "orders" not in bench.lake.tables


def test_scd2_of_an_incremental_read_closes_only_what_changed(bench: Bench) -> None:
    bench.shop.add("orders", PAID, primary_key=("id",))
    bench.load(INCREMENTAL % "scd2")
    bench.shop.add("orders", orders((2, 30, 66)), primary_key=("id",))
    assert bench.load(INCREMENTAL % "scd2").changed["closed"] == 0
    assert [(row[0], row[4] is None) for row in bench.rows()] == [(1, True), (2, False), (2, True), (3, True)]


def test_an_incremental_stream_with_a_key_is_merged_by_default(bench: Bench) -> None:
    bench.shop.add("orders", PAID, primary_key=("id",))
    assert bench.load("{name: orders, mode: incremental, cursor: at}").write == "merge"


def test_an_incremental_stream_without_a_key_is_appended_by_default(bench: Bench) -> None:
    bench.shop.add("orders", PAID)
    assert bench.load("{name: orders, mode: incremental, cursor: at}").write == "append"


def test_an_empty_stream_makes_an_empty_table(bench: Bench) -> None:
    bench.shop.add("orders", orders(), primary_key=("id",))
    for write in ("replace", "append", "merge", "scd2"):
        report = bench.load(f"{{name: orders, write: {write}, table: t_{write}}}")
        assert (report.rows.read, report.rows.written, report.balanced) == (0, 0, True)
        assert bench.rows(f"t_{write}") == []


def test_an_empty_source_empties_a_replaced_table(bench: Bench) -> None:
    bench.shop.add("orders", PAID)
    bench.load()
    bench.shop.add("orders", orders())
    assert bench.load().balanced
    assert bench.rows() == []


def test_a_full_refresh_rebuilds_a_merged_table(bench: Bench) -> None:
    bench.shop.add("orders", PAID, primary_key=("id",))
    bench.load(INCREMENTAL % "merge")
    bench.shop.add("orders", orders((3, 5, 1)), primary_key=("id",))
    assert bench.load(INCREMENTAL % "merge", full_refresh=True).rows.read == 1
    assert bench.rows() == [(3, 5, 1)]


def test_a_full_refresh_keeps_one_row_per_key(bench: Bench) -> None:
    bench.shop.add("orders", orders((1, 10, 1), (1, 20, 2), (2, 10, 3)))
    stream = "{name: orders, mode: incremental, cursor: at, write: merge, key: id}"
    bench.load(stream)
    report = bench.load(stream, full_refresh=True)
    assert (report.rows.deduplicated, report.balanced) == (1, True)
    assert bench.rows() == [(1, 20, 2), (2, 10, 3)]


def test_a_full_refresh_without_a_cursor_keeps_the_last_row_of_a_key_as_the_merge_did(bench: Bench) -> None:
    bench.shop.add("orders", orders(*[(n % 5, 0, n) for n in range(20_000)]))
    bench.engine = "threads: 4"
    stream = "{name: orders, write: merge, key: [id]}"
    bench.load(stream)
    merged = bench.rows("orders", "id", "n")
    report = bench.load(stream, full_refresh=True)
    assert (report.rows.deduplicated, report.balanced) == (19_995, True)
    assert bench.rows("orders", "id", "n") == merged == [(i, 19_995 + i) for i in range(5)]


def test_after_a_full_refresh_of_an_appended_table_no_row_comes_twice(bench: Bench) -> None:
    bench.shop.add("orders", PAID, primary_key=("id",))
    bench.load(INCREMENTAL % "append")
    bench.load(INCREMENTAL % "append", full_refresh=True)
    assert bench.load(INCREMENTAL % "append").rows.written == 0
    assert bench.rows() == [(1, 10, 5), (2, 20, 6), (3, 20, 7)]

"""deduplicate, fill, flatten, lookup, python and sql, from source to destination."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from unit.run.reshaped import Works, step, works_at

from headwater.sdk.errors import ConfigError

ORDERS = pa.table({"id": [1, 2, 3, 4], "customer_id": [10, 11, 99, None], "total": [5.0, 7.5, 1.0, 2.0]})
CUSTOMERS = pa.table({"id": [10, 11, 12], "name": ["Ann", "Bo", None], "country": ["DE", "FR", "DE"]})


@pytest.fixture
def works(tmp_path: Path) -> Iterator[Works]:
    yield from works_at(tmp_path)


def test_the_newest_row_of_each_key_stays_and_the_others_are_counted(works: Works) -> None:
    works.add(orders=pa.table({"id": [1, 1, 2, 1], "at": [1, 3, 1, None], "n": ["a", "b", "c", "d"]}))
    found = works.run(step("deduplicate", key=["id"], order_by=["at desc"]))
    assert found.rows("orders") == [(1, 3, "b"), (2, 1, "c")]
    assert found.counts("orders") == (4, 0, 2, 2)


def test_which_row_stays_does_not_depend_on_the_order_of_rows(tmp_path: Path) -> None:
    rows = [{"id": 1, "at": 1, "n": n} for n in "dbca"]
    kept: set[str] = set()
    for turn in range(4):
        works = Works(tmp_path / str(turn))
        works.add(orders=pa.Table.from_pylist(rows[turn:] + rows[:turn]))
        kept |= {n for (n,) in works.run(step("deduplicate", key=["id"], order_by=["at"])).rows("orders", "n")}
        works.forget()
    assert kept == {"a"}


def test_rows_that_were_rejected_before_are_no_twins_of_others(works: Works) -> None:
    works.add(orders=pa.table({"id": [1, 1, 1], "n": ["x", "5", "6"]}))
    found = works.run(step("cast", columns={"n": "int64"}), step("deduplicate", key=["id"], order_by=["n"]))
    assert found.rows("orders") == [(1, 5)]
    assert found.counts("orders") == (3, 1, 1, 1)


def test_deduplicating_spills_when_memory_is_short(works: Works) -> None:
    size = 300_000
    works.add(
        orders=pa.table({"id": [i % (size - 1000) for i in range(size)], "note": [f"{i:0200d}" for i in range(size)]})
    )
    found = works.run(step("deduplicate", key=["id"], order_by=["note desc"]), memory="64MB")
    assert found.counts("orders") == (size, 0, 1000, size - 1000)


def test_missing_values_are_filled_and_the_rest_is_not_touched(works: Works) -> None:
    works.add(
        people=pa.table(
            {"id": [1, 2], "name": [None, "Bo"], "phone": [None, " "], "mobile": ["123", "456"], "visits": [None, 7]}
        )
    )
    found = works.run(
        step(
            "fill",
            columns={"name": {"expression": "'person ' || id"}, "phone": {"columns": ["mobile"]}, "visits": 0},
            empty_texts=True,
        )
    )
    assert found.rows("people") == [(1, "person 1", "123", "123", 0), (2, "Bo", "456", "456", 7)]


def test_a_lookup_adds_columns_and_rejects_what_has_no_partner(works: Works) -> None:
    works.add(orders=ORDERS, customers=CUSTOMERS)
    found = works.run(
        step(
            "lookup",
            "orders",
            stream="customers",
            on={"customer_id": "id"},
            columns={"name": "customer", "country": "country"},
            missing="reject",
        )
    )
    assert found.rows("orders", "id", "customer", "country") == [(1, "Ann", "DE"), (2, "Bo", "FR"), (4, None, None)]
    assert found.rejected("orders") == [("lookup:customers",)]
    assert len(found.rows("customers")) == 3


def test_a_lookup_sees_the_other_stream_as_it_stands_there(works: Works) -> None:
    works.add(orders=ORDERS, customers=CUSTOMERS)
    found = works.run(
        step("derive", "customers", columns={"name": "upper(name)"}),
        step("lookup", "orders", stream="customers", on={"customer_id": "id"}, columns=["name"]),
        step("derive", "customers", columns={"name": "'later'"}),
    )
    assert found.rows("orders", "id", "name") == [(1, "ANN"), (2, "BO"), (3, None), (4, None)]


def test_one_stream_may_be_looked_into_more_than_once(works: Works) -> None:
    works.add(orders=ORDERS, customers=CUSTOMERS)
    found = works.run(
        step("lookup", "orders", stream="customers", on={"customer_id": "id"}, columns=["name"]),
        step("derive", "customers", columns={"name": "upper(name)"}),
        step(
            "lookup", "orders", stream="customers", on={"customer_id": "id"}, columns={"name": "loud", "country": "at"}
        ),
    )
    assert found.rows("orders", "id", "name", "loud", "at")[:2] == [(1, "Ann", "ANN", "DE"), (2, "Bo", "BO", "FR")]


def test_a_lookup_by_columns_whose_types_do_not_meet_is_refused_before_the_run(works: Works) -> None:
    works.add(orders=ORDERS, customers=CUSTOMERS)
    with pytest.raises(ConfigError, match=r"processor 1 \(lookup\).*customer_id.*customers\.name.*do not meet"):
        works.run(step("lookup", "orders", stream="customers", on={"customer_id": "name"}, columns=["country"]))


def test_a_lookup_in_a_stream_with_two_answers_ends_the_load(works: Works) -> None:
    works.add(orders=ORDERS, customers=pa.table({"id": [10, 10], "name": ["Ann", "Anne"]}))
    session = works.session(step("lookup", "orders", stream="customers", on={"customer_id": "id"}, columns=["name"]))
    (load,) = [load for load in session.run("p").loads if load.stream == "orders"]
    assert load.error is not None
    assert load.error.public_code == "data.lookup_not_unique"


def test_a_query_makes_a_stream_of_several_and_these_go_on_unchanged(works: Works) -> None:
    works.add(orders=ORDERS, customers=CUSTOMERS)
    found = works.run(
        step(
            "sql",
            stream="by_country",
            query="""
                SELECT c.country, count(*) AS orders, sum(CAST(o.total AS decimal(12,2))) AS total
                FROM orders AS o JOIN customers AS c ON c.id = o.customer_id
                GROUP BY c.country
            """,
            primary_key=["country"],
        )
    )
    assert found.rows("by_country") == [("DE", 1, Decimal("5.00")), ("FR", 1, Decimal("7.50"))]
    assert (len(found.rows("orders")), len(found.rows("customers"))) == (4, 3)


def test_a_query_names_streams_with_points_and_can_be_built_upon(works: Works) -> None:
    works.add(public__dot__orders=ORDERS)
    found = works.run(
        step("sql", stream="big", query="SELECT orders.id, total FROM public.orders WHERE total > 1.5"),
        step("sql", stream="ranked", query="SELECT id, row_number() OVER (ORDER BY total DESC) AS place FROM big"),
        step("derive", "ranked", columns={"place": "place * 10"}),
    )
    assert found.rows("ranked") == [(1, 20), (2, 10), (4, 30)]


def test_a_query_that_names_no_column_of_its_streams_is_refused_with_its_place(works: Works) -> None:
    works.add(orders=ORDERS)
    with pytest.raises(ConfigError, match=r"processor 1 \(sql\).*totl") as caught:
        works.run(step("sql", stream="x", query="SELECT totl FROM orders"))
    assert caught.value.public_code == "config.invalid_query"
    assert caught.value.hint == "orders has id, customer_id, total"


def test_a_query_that_fails_at_a_value_ends_its_load_alone(works: Works) -> None:
    works.add(orders=pa.table({"id": ["1", "x"]}))
    loads = works.session(step("sql", stream="bad", query="SELECT CAST(id AS int32) AS n FROM orders")).run("p").loads
    errors = {load.stream: load.error.public_code if load.error else None for load in loads}
    assert errors == {"orders": None, "bad": "data.invalid_value"}


def test_the_plan_shows_that_a_query_is_not_portable(works: Works) -> None:
    works.add(orders=ORDERS)
    query = "SELECT list_sum(list_value(id, 1)) AS s FROM orders"
    with pytest.raises(ConfigError, match="no function 'list_sum'"):
        works.run(step("sql", stream="sums", query=query))
    session = works.session(step("sql", stream="sums", query=query, portable=False))
    (load,) = [item.as_dict() for item in session.check("p") if item.as_dict()["stream"] == "sums"]
    assert "portable: false" in str(load["notes"])


ITEMS = pa.array(
    [
        [{"sku": "a", "n": 2, "at": {"shelf": 7}}, {"sku": "b", "n": 1, "at": None}],
        [],
        None,
        [{"sku": "c", "n": 5, "at": {"shelf": None}}],
    ]
)


def test_structs_become_columns_and_lists_child_streams_with_the_key_of_their_parent(works: Works) -> None:
    address = pa.array([{"city": "Bonn", "geo": {"lat": 1.5}}, {"city": None, "geo": None}, None, None])
    works.add(orders=pa.table({"id": [1, 2, 3, 4], "address": address, "items": ITEMS}))
    found = works.run(step("flatten", lists={"items": {"key": {"id": "order_id"}}}))
    assert found.columns("orders") == ["id", "address__city", "address__geo__lat"]
    assert found.rows("orders")[0] == (1, "Bonn", 1.5)
    assert found.columns("orders__items") == ["order_id", "position", "sku", "n", "at__shelf"]
    assert found.rows("orders__items") == [(1, 1, "a", 2, 7), (1, 2, "b", 1, None), (4, 1, "c", 5, None)]


def test_lists_of_lists_are_flattened_by_one_step_after_the_other(works: Works) -> None:
    works.add(t=pa.table({"id": [1], "rows": pa.array([[{"cells": [7, 8]}, {"cells": [9]}]])}))
    found = works.run(
        step("flatten", "t", lists={"rows": {"key": ["id"], "stream": "rows", "index": "row"}}),
        step("flatten", "rows", lists={"cells": {"key": ["id", "row"], "stream": "cells"}}),
    )
    assert found.rows("cells") == [(1, 1, 1, 7), (1, 1, 2, 8), (1, 2, 1, 9)]
    assert found.columns("cells") == ["id", "row", "position", "value"]


def test_json_becomes_declared_columns_and_what_does_not_fit_is_rejected(works: Works) -> None:
    texts = ['{"a": {"city": "Bonn"}, "total": "1.50"}', "{no json", '{"total": "much"}', None, "{}"]
    works.add(events=pa.table({"id": [1, 2, 3, 4, 5], "payload": texts}))
    columns = {"city": "$.a.city", "total": {"path": "$.total", "type": "decimal(8,2)"}}
    found = works.run(step("flatten", json={"payload": columns}, drop_json=True))
    assert found.rows("events") == [(1, "Bonn", Decimal("1.50")), (4, None, None), (5, None, None)]
    assert sorted(found.rejected("events")) == [("flatten:payload",), ("flatten:total",)]


def test_a_function_from_a_file_works_on_every_batch(works: Works, tmp_path: Path) -> None:
    file = tmp_path / "tidy.py"
    file.write_text(
        "import pyarrow.compute as pc\n"
        "def score(batch, factor):\n"
        "    return batch.append_column('score', pc.multiply(batch.column('total'), factor))\n"
    )
    works.add(orders=ORDERS)
    found = works.run(
        step("filter", where="total > 1"),
        step(
            "python",
            function="score",
            file=str(file),
            columns={"*": "same", "score": "float64"},
            arguments={"factor": 2.0},
        ),
        step("derive", columns={"score": "score + 1"}),
    )
    assert found.rows("orders", "id", "score") == [(1, 11.0), (2, 16.0), (4, 5.0)]


def test_a_function_that_breaks_its_promise_ends_the_load_and_nothing_is_published(
    works: Works, tmp_path: Path
) -> None:
    (tmp_path / "half.py").write_text("def half(batch):\n    return batch.slice(1)\n")
    works.add(orders=ORDERS)
    (load,) = works.session(step("python", function="half", file=str(tmp_path / "half.py"))).run("p").loads
    assert load.error is not None
    assert load.error.public_code == "config.function_broke_promise"
    assert load.rows.written == 0

"""The SQL of a chain: every row comes out once, with its fate."""

from typing import Any

import duckdb
import pyarrow as pa
import pytest
from unit.plan.drafts import batch, chain, columns, first, rules, where

from headwater.plan.draft import Applied
from headwater.plan.lower import DEDUPLICATED, FATE, FILTERED, REJECTED, WHY
from headwater.run.local.explain_sql import chain_sql
from headwater.run.local.segments import cut, first_query

ROWS = pa.table({"id": [1, 2, 3, 4], "at": [10, 20, 30, 40], "n": [5, None, -7, 0], "note": ["a", "b", None, "d'\"e"]})


def ran(*steps: Applied) -> list[dict[str, Any]]:
    found = chain("{name: public.orders, write: append}", steps=steps)
    query = first_query(found, "orders", cut(found.steps)[0], None)
    connection = duckdb.connect()
    connection.register("orders", ROWS)
    rows = connection.sql(query.sql).to_arrow_table().to_pylist()
    connection.close()
    return sorted(rows, key=repr)


def fates(*steps: Applied) -> dict[int, int | None]:
    return {row["id"]: row[FATE] for row in ran(*steps)}


def test_a_projection_alone_has_no_hidden_column() -> None:
    assert ran(columns(id='"id"', twice='"n" * 2'))[0] == {"id": 1, "twice": 10}


def test_filtered_rows_stay_with_their_fate_and_null_is_filtered() -> None:
    assert fates(where('"n" > 0')) == {1: None, 2: FILTERED, 3: FILTERED, 4: FILTERED}


def test_the_first_fate_of_a_row_is_its_last() -> None:
    steps = (where('"id" <> 1'), rules(negative='"n" < 0', first='"id" = 1'), where('"id" <> 3'))
    assert fates(*steps) == {1: FILTERED, 2: None, 3: REJECTED, 4: None}


def test_a_rejected_row_names_every_rule_it_broke_and_shows_itself_as_it_stood() -> None:
    rows = ran(columns(id='"id"', m='"n" + 1'), rules(negative='"m" < 0', odd='"m" % 2 <> 0', even='"m" % 2 = 0'))
    why = {row["id"]: row[WHY] for row in rows}
    assert why[2] is None
    assert (why[3]["rules"], why[3]["row"]) == ([0, 2], '{"id":3,"m":-6}')
    assert why[4]["rules"] == [1]


def test_what_comes_after_a_fate_is_not_computed_on_the_row() -> None:
    rows = ran(where('"n" <> 0'), columns(id='"id"', inverse="CASE WHEN \"n\" = 0 THEN error('zero')::INT ELSE 1 END"))
    assert {row["id"]: row["inverse"] for row in rows} == {1: 1, 2: None, 3: 1, 4: None}


def test_of_rows_with_one_key_the_first_goes_on_and_rows_with_a_fate_do_not_take_part() -> None:
    assert fates(where('"id" <> 1'), columns(id='"id"', same="1", n='"n"'), first("same", by='"id"')) == {
        1: FILTERED,
        2: None,
        3: DEDUPLICATED,
        4: DEDUPLICATED,
    }


@pytest.mark.parametrize(
    "name", ["select", 'a "quoted" name', "semi;colon", "naïve ☃", "order by", "line\nbreak", "it's"]
)
def test_a_column_may_have_any_name(name: str) -> None:
    rows = ran(columns(**{"id": '"id"', name: '"n"'}), rules(negative='"id" = 3'))
    assert rows[0][name] == 5
    assert f'"id":3' in next(row[WHY]["row"] for row in rows if row["id"] == 3)  # noqa: F541


def test_the_sql_that_a_check_shows() -> None:
    found = chain(
        "{name: public.orders, write: append}",
        steps=(where('"n" >= 1'), columns(id='"id"', n='"n"'), batch(), columns(m='"n" + 1')),
    )
    whole, rest = chain_sql(found)
    assert whole == (
        'SELECT "id" AS "id", "n" AS "n", __hw_fate FROM ('
        'SELECT "id", "n", CASE WHEN ("n" >= 1) THEN NULL ELSE CAST(1 AS TINYINT) END AS __hw_fate FROM ('
        'SELECT "id", "n" FROM "public.orders"))'
    )
    assert rest.startswith('SELECT "n" + 1 AS "m" FROM (')

"""Which destinations take a stream, into which table, how; refused before anything runs when it cannot work."""

from dataclasses import replace

import pyarrow as pa
import pytest
from unit.plan.drafts import (
    EVERYTHING,
    LINES,
    ORDERS,
    chain,
    columns,
    draft,
    first,
    planned,
    rules,
    where,
    with_columns,
)

from headwater.plan.make import make_plan
from headwater.plan.model import EngineOptions, LoadPlan
from headwater.sdk.destination import Capabilities, Write
from headwater.sdk.errors import ConfigError
from headwater.sdk.stream import Stream


def load(*streams: str, **said: object) -> LoadPlan:
    (found,) = chain(*streams, **said).loads
    return found


def refusal(*streams: str, **said: object) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        planned(draft(*streams, **said))  # pyright: ignore[reportArgumentType]
    assert caught.value.message.startswith("here")
    assert caught.value.hint
    return caught.value


def test_the_way_of_writing_follows_from_the_way_of_reading() -> None:
    assert load("public.orders").write is Write.REPLACE
    assert load("{name: public.orders, mode: incremental}").write is Write.MERGE
    assert load("{name: public.orders, mode: incremental, primary_key: []}").write is Write.APPEND


def test_the_table_is_the_template_s() -> None:
    assert load("public.orders").table == "orders"
    assert load("public.orders", into=("{connector: lake, table: 'raw.{schema}_{name}'}",)).table == "raw.public_orders"
    assert load("{name: public.orders, alias: mine, table: '{stream}'}").table == "mine"


def test_a_stream_goes_to_every_destination_that_takes_it() -> None:
    into = ("{connector: lake, streams: ['*.orders']}", "{connector: pond, exclude: ['*.lines']}")
    (orders,) = planned(draft("public.orders", into=into))
    assert [item.destination for item in orders.loads] == ["lake", "pond-1"]
    error = refusal("public.orders", "public.lines", into=into)
    assert error.public_code == "config.stream_without_destination"


KEYLESS = Stream("public.log", pa.schema([("line", pa.string())]))
APPEND_ONLY = Capabilities(writes=frozenset({Write.APPEND}), unsupported_types=frozenset({"string"}))


@pytest.mark.parametrize(
    ("stream", "said", "code"),
    [
        ("{name: public.log, write: merge}", {"known": (KEYLESS,)}, "config.no_key"),
        ("{name: public.log, write: scd2}", {"known": (KEYLESS,)}, "config.no_key"),
        ("{name: public.orders, write: merge, key: [nothing]}", {}, "config.unknown_column"),
        ("{name: public.orders, write: merge}", {"steps": (columns(n='"n"'),)}, "config.unknown_column"),
        ("{name: public.orders, mode: incremental, write: replace}", {}, "config.replace_incremental"),
        ("{name: public.orders, write: merge}", {"can": APPEND_ONLY}, "config.unsupported_write"),
        ("{name: public.orders, write: append}", {"can": APPEND_ONLY}, "config.unsupported_type"),
        ("{name: public.orders, verify: checksum, evolution: ignore}", {}, "config.conflicting_keys"),
        ("public.orders", {"can": replace(EVERYTHING, identifier_bytes=3)}, "config.identifier_too_long"),
        ("odd", {"known": (with_columns("a\0b"),)}, "config.invalid_identifier"),
        ("odd", {"known": (with_columns(""),)}, "config.invalid_identifier"),
        ("odd", {"known": (with_columns("a", "a"),)}, "config.duplicate_column"),
        ("public.orders", {"into": ("{connector: lake, streams: [ordres]}",)}, "config.unknown_stream"),
        ("public.orders", {"into": ("{connector: lake, streams: ['x*']}",)}, "config.unknown_stream"),
        ("public.orders", {"into": ("{connector: lake}", "{connector: lake}")}, "config.shared_table"),
        (
            "{name: public.orders, mode: incremental, write: append, columns: [at, n]}",
            {},
            "config.key_not_read",
        ),
        ("{name: odd, verify: checksum}", {"known": (with_columns("id", "ID"),)}, "config.unclear_columns"),
        (
            "{name: odd, mode: incremental, cursor: id}",
            {"known": (with_columns("id", "ID"),)},
            "config.unclear_columns",
        ),
        ("odd", {"known": (with_columns("id", "ID"),), "steps": (where("true"),)}, "config.unclear_columns"),
        ("public.orders", {"steps": (columns(id='"id"', ID='"n"'),)}, "config.unclear_columns"),
        ("odd", {"known": (with_columns("id", "__HW_fate"),), "steps": (where("true"),)}, "config.reserved_column"),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_runs(
    stream: str, said: dict[str, object], code: str
) -> None:
    assert refusal(stream, **said).public_code == code


def test_two_streams_into_one_table_are_refused_even_over_two_destinations() -> None:
    twins = (ORDERS, replace(LINES, name="other.orders"))
    assert refusal("'*'", known=twins).public_code == "config.shared_table"
    into = ("{connector: lake, streams: [public.orders]}", "{connector: lake, streams: [other.orders]}")
    assert refusal("'*'", known=twins, into=into).public_code == "config.shared_table"


def test_letters_beyond_ascii_are_told_apart() -> None:
    assert chain("odd", known=(with_columns("é", "É"),), steps=(where("true"),)).scan.columns == ("é", "É")


def test_a_source_s_key_is_passed_on_only_while_its_columns_are_there() -> None:
    assert load("public.orders").key == ("id",)
    assert load("public.orders", steps=(columns(n='"n"'),)).key == ()


def test_a_key_that_may_be_null_is_guarded_and_one_that_the_source_enforces_is_not() -> None:
    assert chain("{name: public.orders, write: merge}").steps == ()
    (guard,) = chain("{name: public.orders, write: merge, key: n}").steps
    assert (guard.name, guard.number) == ("key", 1)
    renamed = chain("{name: public.orders, write: merge, key: k}", steps=(columns(k='"id"'),))
    assert [step.name for step in renamed.steps] == ["step1", "key"]


def test_the_guard_s_number_is_no_other_step_s() -> None:
    steps = (where('"n" > 0'), where('"n" > 1'), where('"n" > 2'))
    found = chain("{name: public.orders, write: merge, key: n, filter: '\"n\" > 3'}", steps=steps)
    assert [step.number for step in found.steps] == [0, 1, 2, 3, 4]
    steps = (where('"price" > 0'), where('"price" > 1'), where('"price" > 2'))
    keyed = "{name: public.orders, write: merge, key: n}"
    some, _ = planned(draft(keyed, "public.lines", steps=steps, selected="[public.lines]"))
    assert [step.number for step in some.steps] == [4]


def test_the_promise_is_what_the_pair_can_keep() -> None:
    weak = replace(EVERYTHING, transactional=False)
    assert load("public.orders", can=weak).delivery.level == "at least once"
    for stream in (
        "public.orders",
        "{name: public.orders, write: append}",
        "{name: public.orders, write: scd2}",
        "{name: public.orders, mode: incremental, write: append}",
        "{name: public.orders, mode: incremental, write: merge}",
    ):
        assert load(stream).delivery.level == "exactly once"
    exclusive = load("{name: public.orders, mode: incremental, write: append, inclusive: false}")
    assert "never be used twice" in exclusive.delivery.because


def test_an_incremental_read_without_a_lag_says_what_it_misses() -> None:
    assert "`lag` widens the read" in chain("{name: public.orders, mode: incremental}").notes[0]
    assert chain("{name: public.orders, mode: incremental, lag: 5}").notes == ()


def test_a_narrowed_plan_was_checked_in_whole() -> None:
    whole = draft("public.orders", "public.lines")
    only = make_plan(replace(whole, only=("public.l*",)), EngineOptions())
    assert [found.name for found in only.chains] == ["public.lines"]
    with pytest.raises(ConfigError) as caught:
        make_plan(replace(whole, only=("nothing",)), EngineOptions())
    assert caught.value.public_code == "config.unknown_stream"


def test_rules_and_deduplication_are_bound_where_they_stand() -> None:
    assert refusal("public.orders", steps=(rules(bad='"nothing" > 0'),)).public_code == "config.invalid_expression"
    assert refusal("public.orders", steps=(where('"n" + 1'),)).public_code == "config.invalid_expression"
    assert refusal("public.orders", steps=(first("nothing", by='"id"'),)).public_code == "config.unknown_column"
    assert refusal("public.orders", steps=(first("id", by='"nothing"'),)).public_code == "config.invalid_expression"
    error = refusal("public.orders", steps=(where("true"), columns(x='"gone"')))
    assert error.message.startswith("here, processor 2 (public.orders)")


def test_a_step_for_streams_that_are_not_there_is_a_mistake() -> None:
    assert refusal("public.orders", steps=(where("true"),), selected="[ordres]").public_code == "config.unknown_stream"
    assert refusal("public.orders", steps=(where("true"),), selected="['x*']").public_code == "config.unknown_stream"

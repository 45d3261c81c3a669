"""Which streams are read, and how; every refusal says the place, a code and the way out."""

from dataclasses import replace

import pyarrow as pa
import pytest
from unit.plan.drafts import LINES, ORDERS, chain, draft, planned, with_columns

from headwater.sdk.errors import ConfigError
from headwater.sdk.stream import Stream

MANY = tuple(replace(LINES, name=name) for name in ("a.x", "a.y", "b.x", "dim_day", "dim_tmp"))


def names(*streams: str, known: tuple[Stream, ...] = MANY) -> list[str]:
    return [
        found.name
        for found in planned(draft(*streams, known=known, also="", into=("{connector: lake, table: '{stream}'}",)))
    ]


def refusal(*streams: str, known: tuple[Stream, ...] = (ORDERS, LINES)) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        planned(draft(*streams, known=known))
    assert caught.value.message.startswith("here, source 'shop'")
    assert caught.value.hint
    return caught.value


def test_names_and_globs_choose_streams() -> None:
    assert names("a.x", "b.x") == ["a.x", "b.x"]
    assert names("'a.*'") == ["a.x", "a.y"]
    assert names("'*'") == ["a.x", "a.y", "b.x", "dim_day", "dim_tmp"]
    assert names("'?.x'", "'dim_[d]*'") == ["a.x", "b.x", "dim_day"]


def test_a_glob_leaves_out_what_it_excludes() -> None:
    assert names("{name: 'dim_*', exclude: [dim_tmp]}") == ["dim_day"]
    assert names("{name: '*', exclude: ['*.x', dim_tmp]}") == ["a.y", "dim_day"]


def test_the_entry_of_the_very_name_wins_over_a_glob_before_it() -> None:
    chains = planned(draft("{name: 'public.*', alias: 'g_{name}'}", "{name: public.lines, alias: mine}"))
    assert [found.name for found in chains] == ["g_orders", "mine"]


def test_a_name_that_is_not_there_is_answered_with_the_nearest() -> None:
    error = refusal("public.ordres")
    assert error.public_code == "config.unknown_stream"
    assert "did you mean 'public.orders'?" in (error.hint or "")


def test_a_glob_that_matches_nothing_is_a_mistake() -> None:
    error = refusal("'staging.*'")
    assert (error.public_code, "public.lines" in (error.hint or "")) == ("config.unknown_stream", True)


def test_two_streams_of_one_name_are_refused_with_both_places() -> None:
    error = refusal("{name: public.orders, alias: same}", "{name: public.lines, alias: same}")
    assert error.public_code == "config.duplicate_stream"
    assert "streams[1]" in error.message
    assert "streams[0]" in error.message


def test_columns_are_chosen_by_name_and_glob_in_the_stream_s_order() -> None:
    assert chain("{name: public.orders, columns: [note, id]}").scan.columns == ("id", "note")
    assert chain("{name: public.orders, columns: {exclude: ['n*']}}").scan.columns == ("id", "at")


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        ("{name: public.orders, columns: [nothing]}", "config.unknown_column"),
        ("{name: public.orders, columns: {exclude: [nothing]}}", "config.unknown_column"),
        ("{name: public.orders, columns: {exclude: ['*']}}", "config.no_columns"),
        ("{name: public.orders, primary_key: [nothing]}", "config.unknown_column"),
        ("{name: public.orders, mode: incremental, cursor: nothing}", "config.unknown_column"),
        ("{name: public.orders, mode: incremental, columns: [id]}", "config.cursor_not_read"),
        ("{name: public.lines, mode: incremental}", "config.no_cursor"),
        ("{name: public.orders, mode: incremental, start: soon}", "config.invalid_start"),
        ("{name: public.orders, mode: incremental, cursor: note, lag: 5}", "config.invalid_lag"),
        ("{name: public.orders, mode: incremental, inclusive: false, lag: 5}", "config.conflicting_keys"),
    ],
)
def test_what_cannot_be_read_is_refused(stream: str, code: str) -> None:
    assert refusal(stream).public_code == code


def test_a_cursor_without_order_is_refused() -> None:
    flags = Stream("flags", pa.schema([("on", pa.bool_())]))
    assert (
        refusal("{name: flags, mode: incremental, cursor: on}", known=(flags,)).public_code == "config.invalid_cursor"
    )


def test_the_source_s_own_candidate_is_the_default_cursor() -> None:
    scan = chain("{name: public.orders, mode: incremental, lag: 5, start: 7}").scan
    assert (scan.cursor, scan.lag, scan.start) == ("at", 5, pa.scalar(7, pa.int64()))


def test_a_key_that_is_written_replaces_the_source_s() -> None:
    assert chain("{name: public.orders, primary_key: [at, n]}").scan.primary_key == ("at", "n")
    assert chain("{name: public.orders, primary_key: []}").scan.primary_key == ()


@pytest.mark.parametrize("said", [{"steps": ()}, {"also": "    verify: count"}])
def test_columns_that_differ_in_case_only_may_be_copied(said: dict[str, object]) -> None:
    assert chain("odd", known=(with_columns("id", "ID"),), **said).scan.columns == ("id", "ID")

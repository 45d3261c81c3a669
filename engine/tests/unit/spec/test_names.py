"""Globs, templates, quantities and cron expressions."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.spec.cron import cron_fault
from headwater.spec.names import best_match, matches, render
from headwater.spec.quantities import duration_text, seconds


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("*", "public.orders", True),
        ("public.*", "public.orders", True),
        ("public.*", "Public.orders", False),
        ("public.orders", "public.orders", True),
        ("public.order", "public.orders", False),
        ("a[1]", "a[1]", True),
        ("a[12]", "a1", True),
        ("a?", "ab", True),
        ("data/*", "data/2024/x", True),
    ],
)
def test_a_pattern_means_a_name_or_what_its_glob_covers(pattern: str, name: str, expected: bool) -> None:  # noqa: FBT001
    assert matches(pattern, name) is expected


@pytest.mark.parametrize(
    ("patterns", "name", "index"),
    [(["*", "a"], "a", 1), (["a*", "*"], "ab", 0), (["*", "a*"], "ab", 0), (["b"], "a", None)],
)
def test_the_very_name_decides_before_any_glob_then_the_first(
    patterns: list[str], name: str, index: int | None
) -> None:
    assert best_match(patterns, name) == index


@pytest.mark.parametrize(
    ("template", "stream", "table"),
    [
        ("{name}", "public.orders", "orders"),
        ("{schema}_{name}", "public.orders", "public_orders"),
        ("{stream}", "public.orders", "public.orders"),
        ("raw.{name}", "flights", "raw.flights"),
        ("{schema}.{name}", "flights", "flights"),
        ("{name}", "2024/q1/flights.v2", "flights.v2"),
        ("{schema}/{name}", "2024/flights", "2024/flights"),
        ("{{{name}}}", "a", "{a}"),
        ("{name}", "odd.{x}", "{x}"),
    ],
)
def test_a_template_makes_a_table_name_of_a_stream(template: str, stream: str, table: str) -> None:
    assert render(template, stream) == table


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("500ms", 0.5),
        ("90s", 90),
        ("1h30m", 5400),
        ("1h 30m", 5400),
        ("1.5d", 129600),
        ("2w", 1209600),
        ("5", None),
        ("m5", None),
        ("", None),
    ],
)
def test_a_duration_is_numbers_with_units(text: str, length: float | None) -> None:
    assert seconds(text) == length


@given(st.timedeltas(timedelta(), timedelta(days=10_000)))
def test_a_duration_survives_being_written_to_the_millisecond(length: timedelta) -> None:
    back = seconds(duration_text(length))
    assert back is not None
    assert abs(back - length.total_seconds()) <= 0.001


@pytest.mark.parametrize(
    "text",
    [
        "* * * * *",
        "0 2 * * *",
        "*/15 0-6,22 1,15 jan-MAR mon-fri",
        "0 0 L * *",
        "0 0 * * mon#1",
        "0 0 * * 7",
        "5/10 * * * *",
        "@daily",
    ],
)
def test_a_cron_expression_can_be_read(text: str) -> None:
    assert cron_fault(text) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "it has 0 fields"),
        ("* * * * * *", "it has 6 fields"),
        ("60 * * * *", "minute '60' is not between 0 and 59"),
        ("* 24 * * *", "hour '24'"),
        ("* * 0 * *", "day of month '0'"),
        ("* * * 13 *", "month '13'"),
        ("* * * * 8", "day of week '8'"),
        ("*/0 * * * *", "steps by zero"),
        ("5-1 * * * *", "ends before it begins"),
        ("a * * * *", "cannot be read"),
        ("1, * * * *", "cannot be read"),
        ("*-5 * * * *", "cannot be read"),
        ("* * * * mon#6", "has no such week"),
        ("٣ * * * *", "cannot be read"),
        ("@reboot", "none of @hourly"),
    ],
)
def test_a_cron_expression_that_cannot_be_read_says_where(text: str, fault: str) -> None:
    assert fault in (cron_fault(text) or "")

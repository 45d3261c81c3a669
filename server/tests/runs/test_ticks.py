"""When schedules tick, and what becomes of ticks that are late: on paper, with clocks that jump."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from typing import Any

import pytest

from headwater.spec.schedule import ScheduleSpec
from headwater_server.schedules.decide import decide
from headwater_server.schedules.ticks import explanation, fires_at, newest_until, ticks_after

BERLIN = "Europe/Berlin"


def schedule(**document: Any) -> ScheduleSpec:
    return ScheduleSpec.model_validate({"pipeline": "p", **document})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def next_ticks(spec: ScheduleSpec, after: str, count: int) -> list[datetime]:
    return list(islice(ticks_after(spec, at(after)), count))


def test_a_nightly_cron_ticks_once_on_the_night_when_its_hour_does_not_exist() -> None:
    spec = schedule(cron="30 2 * * *", timezone=BERLIN)
    assert next_ticks(spec, "2026-03-28T03:00+01:00", 2) == [at("2026-03-29T03:00+02:00"), at("2026-03-30T02:30+02:00")]


def test_a_nightly_cron_ticks_once_on_the_night_when_its_hour_comes_twice() -> None:
    spec = schedule(cron="30 2 * * *", timezone=BERLIN)
    assert next_ticks(spec, "2026-10-24T03:00+02:00", 2) == [at("2026-10-25T02:30+02:00"), at("2026-10-26T02:30+01:00")]


def test_an_hourly_cron_ticks_every_real_hour_when_clocks_change() -> None:
    found = next_ticks(schedule(cron="@hourly", timezone=BERLIN), "2026-10-25T00:30+02:00", 4)
    assert [later - earlier for earlier, later in pairwise(found)] == [timedelta(hours=1)] * 3


def test_an_interval_counts_real_time_from_its_start() -> None:
    spec = schedule(every="7h", start="2026-10-24T20:00", timezone=BERLIN)
    found = next_ticks(spec, "2026-10-01T00:00Z", 3)
    assert found == [at("2026-10-24T20:00+02:00") + timedelta(hours=7 * number) for number in range(3)]


def test_an_interval_without_a_start_counts_from_midnight() -> None:
    assert next_ticks(schedule(every="6h"), "2026-05-05T05:59Z", 2) == [
        at("2026-05-05T06:00Z"),
        at("2026-05-05T12:00Z"),
    ]


def test_nothing_ticks_before_the_start_or_after_the_end() -> None:
    spec = schedule(cron="@daily", start="2026-01-10", end="2026-01-12")
    assert next_ticks(spec, "2025-01-01T00:00Z", 9) == [at(f"2026-01-{day}T00:00Z") for day in (10, 11, 12)]


def test_a_schedule_that_only_follows_others_has_no_ticks() -> None:
    assert next_ticks(schedule(after=["other"]), "2026-01-01T00:00Z", 1) == []


def test_jitter_is_the_same_for_all_who_ask_and_spreads_schedules() -> None:
    spec, due = schedule(cron="@daily", jitter="10m"), at("2026-01-01T00:00Z")
    found = {fires_at(spec, f"schedule {number}", due) for number in range(100)}
    assert fires_at(spec, "one", due) == fires_at(spec, "one", due)
    assert len(found) == 100
    assert min(found) >= due
    assert max(found) < due + timedelta(minutes=10)


def test_of_very_many_ticks_the_newest_are_found_without_counting_all() -> None:
    for spec in (schedule(cron="* * * * *"), schedule(every="1m")):
        found, complete = newest_until(spec, at("2020-01-01T00:00Z"), at("2026-01-01T00:00Z"), 3)
        assert (found[-1], complete) == (at("2026-01-01T00:00Z"), False)
        assert len(found) in (3, 4)


def test_few_ticks_are_found_all() -> None:
    found, complete = newest_until(schedule(cron="@hourly"), at("2026-01-01T00:00Z"), at("2026-01-01T02:30Z"), 500)
    assert (found, complete) == ([at(f"2026-01-01T0{hour}:00Z") for hour in range(3)], True)


DUES = [at(f"2026-01-01T0{hour}:00Z") for hour in range(4)]


@pytest.mark.parametrize(
    ("missed", "now", "expected"),
    [
        ("none", "03:00:01", "missed missed missed fire"),
        ("last", "03:00:01", "missed missed missed fire"),
        ("all", "03:00:01", "fire fire fire fire"),
        ("none", "03:30:00", "missed missed missed missed"),
        ("last", "03:30:00", "missed missed missed fire"),
        ("all", "03:30:00", "fire fire fire fire"),
    ],
)
def test_what_was_missed_is_made_up_for_as_the_schedule_says(missed: str, now: str, expected: str) -> None:
    found = decide(schedule(cron="@hourly", missed=missed), "k", DUES, at(f"2026-01-01T{now}Z"), 60)
    assert " ".join(item.state for item in found) == expected
    assert all(item.reason for item in found if item.late_s > 60)


def test_a_clock_that_jumps_ahead_makes_ticks_missed_and_not_many_runs() -> None:
    found = decide(schedule(cron="@hourly"), "k", DUES, at("2026-01-09T00:00Z"), 60)
    assert [item.state for item in found] == ["missed", "missed", "missed", "fire"]


def test_a_schedule_explains_itself_in_words() -> None:
    assert explanation(schedule(cron="0 2 * * *", timezone=BERLIN)) == "At 02:00 every day (Europe/Berlin)"
    assert explanation(schedule(every="90m")) == "Every 1h30m"
    assert explanation(schedule(after=["a", "b"])) == "After a and b"
    assert explanation(schedule(cron="@daily", after=["a"])) == "At 00:00 every day, once a succeeded"

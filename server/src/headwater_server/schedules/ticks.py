"""When a schedule ticks: pure functions of its document and a moment.

Promises: all moments are aware, and given in UTC; a daily cron ticks once on the days when clocks change, an hourly one
every real hour; `every` counts real time; jitter is the same whoever asks.
Source: cron by cronsim, which follows Debian's cron; the days when clocks change are in the tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import blake2s
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from cronsim import CronSim

from headwater.spec.quantities import duration_text
from headwater.spec.schedule import ScheduleSpec

ALIASES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
FIRST_DAY = datetime(1970, 1, 1)  # noqa: DTZ001  it gets the schedule's own zone
# Jitter in steps of a millisecond, from six bytes of a hash.
JITTER_STEPS = 2**48


def ticks_after(spec: ScheduleSpec, moment: datetime) -> Iterator[datetime]:
    """Strictly after the moment, within the schedule's start and end, in order; none where it only follows others."""
    start, end = bounds(spec)
    if start is not None and moment < start:
        moment = start - timedelta(microseconds=1)
    ticks = _cron(spec, moment) if spec.cron is not None else _interval(spec, moment)
    return ticks if end is None else takewhile(lambda due: due <= end, ticks)


def newest_until(spec: ScheduleSpec, first: datetime, until: datetime, most: int) -> tuple[list[datetime], bool]:
    """The ticks from `first` (a tick itself) up to `until`, in order; the newest `most`, and whether that is all."""
    found = [first] if first <= until else []
    for due in ticks_after(spec, first):
        if due > until:
            return found, True
        if len(found) >= most:
            break
        found.append(due)
    else:
        return found, True
    return _newest(spec, first, until, most), False


def _newest(spec: ScheduleSpec, first: datetime, until: datetime, most: int) -> list[datetime]:
    start = bounds(spec)[0] or first
    oldest = max(first, start)
    if spec.every is not None:
        beginning = max(oldest, until - spec.every * most)
        return list(takewhile(lambda due: due <= until, ticks_after(spec, beginning)))
    zone = ZoneInfo(spec.timezone)
    backwards = CronSim(_expression(spec), until.astimezone(zone) + timedelta(seconds=1), reverse=True)
    found = [due.astimezone(UTC) for due in islice(backwards, most)]
    return sorted(due for due in found if oldest <= due <= until)


def bounds(spec: ScheduleSpec) -> tuple[datetime | None, datetime | None]:
    """Start and end, in UTC."""
    zone = ZoneInfo(spec.timezone)
    start, end = (_aware(moment, zone) for moment in (spec.start, spec.end))
    return start, end


def _aware(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _expression(spec: ScheduleSpec) -> str:
    assert spec.cron is not None
    return ALIASES.get(spec.cron, spec.cron)


def _cron(spec: ScheduleSpec, moment: datetime) -> Iterator[datetime]:
    for due in CronSim(_expression(spec), moment.astimezone(ZoneInfo(spec.timezone))):
        yield due.astimezone(UTC)


def _interval(spec: ScheduleSpec, moment: datetime) -> Iterator[datetime]:
    if spec.every is None:
        return
    anchor = bounds(spec)[0] or FIRST_DAY.replace(tzinfo=ZoneInfo(spec.timezone)).astimezone(UTC)
    due = anchor + spec.every * max(0, (moment - anchor) // spec.every)
    while True:
        if due > moment:
            yield due
        due += spec.every


def fires_at(spec: ScheduleSpec, key: str, due: datetime) -> datetime:
    """The tick with its jitter, which depends on `key` (the schedule) and the tick alone."""
    if not spec.jitter:
        return due
    digest = blake2s(f"{key} {due.isoformat()}".encode(), digest_size=6).digest()
    return due + spec.jitter * (int.from_bytes(digest) / JITTER_STEPS)


def explanation(spec: ScheduleSpec) -> str:
    """In a sentence, for people."""
    zone = "" if spec.timezone == "UTC" else f" ({spec.timezone})"
    if spec.cron is not None:
        text = f"{CronSim(_expression(spec), datetime.now(UTC)).explain()}{zone}"
    elif spec.every is not None:
        text = f"Every {duration_text(spec.every)}"
    else:
        return f"After {_listed(spec.after)}"
    return f"{text}, once {_listed(spec.after)} succeeded" if spec.after else text


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

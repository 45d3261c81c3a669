"""What becomes of ticks that are due: pure functions, so that clocks can be anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from headwater.spec.schedule import ScheduleSpec
from headwater_server.schedules.ticks import fires_at


@dataclass(frozen=True, slots=True)
class Decision:
    """`made_up`: it was missed, and is fired all the same."""

    due: datetime
    state: Literal["fire", "missed"]
    late_s: float
    reason: str | None = None
    made_up: bool = False


def decide(spec: ScheduleSpec, key: str, dues: Sequence[datetime], now: datetime, late_s: float) -> list[Decision]:
    """`dues` have fired by `now`, in order. Later than `late_s` means: no scheduler was up; then `missed` decides."""
    late = [(due, (now - fires_at(spec, key, due)).total_seconds()) for due in dues]
    missed = [due for due, seconds in late if seconds > late_s]
    in_time = len(missed) < len(dues)
    return [
        _missed(spec, due, seconds, newest=due == missed[-1] and not in_time)
        if seconds > late_s
        else Decision(due, "fire", max(0.0, seconds))
        for due, seconds in late
    ]


def _missed(spec: ScheduleSpec, due: datetime, late_s: float, *, newest: bool) -> Decision:
    was = f"no scheduler was up until {timedelta(seconds=round(late_s))} later"
    if spec.missed == "all" or (spec.missed == "last" and newest):
        return Decision(due, "fire", late_s, f"made up for: {was}", made_up=True)
    if spec.missed == "last":
        return Decision(due, "missed", late_s, f"{was}; a later tick stands for it")
    return Decision(due, "missed", late_s, f"{was}; the schedule makes up for nothing")

"""Who takes part: a command, what must be there before it, and how its result is checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from benchmarks.speed.tables import Bench

Kind = Literal["headwater", "floor", "peer"]
Command = Callable[[Bench], Sequence[str]]
Check = Callable[[Bench], None]


def nothing(bench: Bench) -> None:
    """For a floor that writes nowhere."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """`check` raises tables.Wrong when the destination does not hold what it must."""

    name: str
    kind: Kind
    command: Command
    check: Check
    prepare: Callable[[Bench], None] = Bench.clean
    env: Callable[[Bench], Mapping[str, str]] = field(default=lambda bench: {})


@dataclass(frozen=True, slots=True)
class Goal:
    """`contestant` takes at most (floor) `times` as long as `than`, or (peer) is at least `times` as fast."""

    contestant: str
    than: str
    times: float


@dataclass(frozen=True, slots=True)
class Job:
    """`rows` are what it moves, of a data set of that many. The first contestant's time is what others are told in."""

    name: str
    title: str
    rows: Callable[[int], int]
    contestants: tuple[Contestant, ...]
    goals: tuple[Goal, ...]
    fixed_rows: int | None = None
    most_cpu_s: Mapping[str, float] = field(default_factory=dict[str, float])

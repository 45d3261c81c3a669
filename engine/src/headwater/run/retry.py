"""How often, and after what wait, an attempt that failed for a passing reason is made again."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_result, stop_after_attempt

from headwater.run.stop import StopFlag

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits double from `first_s` to `longest_s`; the share `jitter` of each wait is random."""

    attempts: int
    first_s: float
    longest_s: float
    jitter: float = 0.5

    def wait_s(self, failures: int) -> float:
        """How long to wait after so many failures in a row."""
        doubled = self.first_s * 2.0 ** min(failures - 1, 60)
        longest = min(self.longest_s, doubled)
        return longest * (1 - self.jitter * random.random())


@dataclass(frozen=True, slots=True)
class Judge(Generic[T]):
    """What a result means: whether to try again, and how long the failure itself asked to wait (0: it did not)."""

    again: Callable[[T], bool]
    asked_s: Callable[[T], float]
    before_wait: Callable[[int, float, T], None]


def attempts(attempt: Callable[[int], T], backoff: Backoff, judge: Judge[T], stop: StopFlag) -> T:
    """Call `attempt(number)` until the judge is content, at most `backoff.attempts` times. A wait ends when stopped."""

    def wait(state: RetryCallState) -> float:
        asked = judge.asked_s(state.outcome.result()) if state.outcome else 0.0
        return max(asked, backoff.wait_s(state.attempt_number))

    def announce(state: RetryCallState) -> None:
        if state.outcome is not None and state.next_action is not None:
            judge.before_wait(state.attempt_number, state.next_action.sleep, state.outcome.result())

    def sleep(seconds: float) -> None:
        stop.wait(seconds)

    retrying = Retrying(
        stop=stop_after_attempt(max(1, backoff.attempts)),
        wait=wait,
        retry=retry_if_result(lambda result: judge.again(result) and not stop.is_set()),
        before_sleep=announce,
        sleep=sleep,
        retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
    )
    number = 0

    def call() -> T:
        nonlocal number
        number += 1
        return attempt(number)

    return retrying(call)

"""How often, and after what wait, an attempt that failed for a passing reason is made again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_result, stop_after_attempt, wait_exponential_jitter

from headwater.run.stop import StopFlag

T = TypeVar("T")


def attempts(
    attempt: Callable[[int], T],
    *,
    again: Callable[[T], bool],
    limit: int,
    first_wait_s: float,
    longest_wait_s: float,
    stop: StopFlag,
    before_wait: Callable[[int, float, T], None],
) -> T:
    """Call `attempt(number)` until `again` says no, at most `limit` times; waits double, with jitter, and end when
    stopped.
    """

    def announce(state: RetryCallState) -> None:
        if state.outcome is not None:
            before_wait(
                state.attempt_number,
                state.next_action.sleep if state.next_action else 0.0,
                state.outcome.result(),
            )

    def sleep(seconds: float) -> None:
        stop.wait(seconds)

    retrying = Retrying(
        stop=stop_after_attempt(max(1, limit)),
        wait=wait_exponential_jitter(initial=first_wait_s, max=longest_wait_s, jitter=first_wait_s),
        retry=retry_if_result(lambda result: again(result) and not stop.is_set()),
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

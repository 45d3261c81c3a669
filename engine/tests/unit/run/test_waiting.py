"""Stop flags, calls that are watched, retries and the pulse of a source."""

import logging
import threading
import time

import pytest

from headwater.run.local.pulse import Pulse
from headwater.run.retry import Backoff, Judge, attempts
from headwater.run.secrets import Secrets
from headwater.run.stop import StopFlag
from headwater.run.watched import LeftBehind, clean_up, watched
from headwater.sdk.config import PluginConfig, Secret
from headwater.sdk.errors import Cancelled, ConfigError


def never(number: int, wait_s: float, result: int) -> None:
    raise AssertionError("there is nothing to wait for")


def test_a_flag_is_set_once_and_tells_everyone() -> None:
    stop, heard = StopFlag(), list[str]()
    with stop.on_stop(lambda: heard.append("first")), stop.on_stop(lambda: heard.append("second")):
        stop.set("because")
        stop.set("not this")
    assert (heard, stop.reason, stop.wait(0)) == (["first", "second"], "because", True)
    with pytest.raises(Cancelled, match="because"):
        stop.check()
    with stop.on_stop(lambda: heard.append("late")):
        assert heard[-1] == "late"


def test_a_callback_that_is_over_is_not_called() -> None:
    stop, heard = StopFlag(), list[str]()
    with stop.on_stop(lambda: heard.append("x")):
        pass
    stop.set()
    assert heard == []


def test_a_watched_call_gives_its_answer_or_its_error() -> None:
    assert watched(lambda: 7, StopFlag(), what="seven") == 7
    with pytest.raises(ZeroDivisionError):
        watched(lambda: 1 // 0, StopFlag(), what="nothing")


def test_a_watched_call_that_does_not_end_is_left_behind_and_its_late_answer_cleared_away() -> None:
    stop, released, late = StopFlag(grace_s=0.1), threading.Event(), list[int]()
    cleared = threading.Event()

    def call() -> int:
        released.wait(10)
        return 7

    def clear(answer: int) -> None:
        late.append(answer)
        cleared.set()

    threading.Timer(0.02, stop.set).start()
    with pytest.raises(LeftBehind):
        watched(call, stop, what="seven", late=clear)
    released.set()
    assert (cleared.wait(5), late) == (True, [7])


def test_cleaning_up_reports_errors_and_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert clean_up(lambda: 1 // 0, StopFlag(), what="close it")
    assert [record.event for record in caplog.records] == ["cleanup_failed"]  # pyright: ignore[reportAttributeAccessIssue]


def test_cleaning_up_that_does_not_end_is_left_behind() -> None:
    stop, released = StopFlag(grace_s=0.1), threading.Event()
    stop.set()
    assert not clean_up(lambda: released.wait(10), stop, what="close it")
    released.set()


def test_waits_double_to_the_longest_and_jitter_takes_its_share() -> None:
    plain = Backoff(9, first_s=1, longest_s=10, jitter=0)
    assert [plain.wait_s(n) for n in (1, 2, 3, 4, 5, 5_000)] == [1, 2, 4, 8, 10, 10]
    waits = [Backoff(9, first_s=1, longest_s=10, jitter=0.5).wait_s(5) for _ in range(200)]
    assert min(waits) >= 5
    assert max(waits) <= 10
    assert len(set(waits)) > 100


def test_a_result_that_needs_no_other_try_ends_the_tries() -> None:
    judge = Judge(again=lambda result: result < 3, asked_s=lambda _: 0, before_wait=lambda *_: None)
    assert attempts(lambda number: number, Backoff(5, 0, 0), judge, StopFlag()) == 3


def test_the_last_result_stands_when_the_tries_are_used_up() -> None:
    waited: list[object] = []
    judge = Judge(lambda _: True, lambda _: 0, lambda number, _, result: waited.append((number, result)))
    assert attempts(lambda number: number * 10, Backoff(3, 0, 0), judge, StopFlag()) == 30
    assert waited == [(1, 10), (2, 20)]


def test_a_stop_ends_the_tries() -> None:
    stop = StopFlag()
    stop.set()
    assert attempts(lambda number: number, Backoff(5, 60, 60), Judge(lambda _: True, lambda _: 0, never), stop) == 1


def test_a_source_owes_nothing_while_nobody_asks() -> None:
    pulse, asked, answer = Pulse(), threading.Event(), threading.Event()

    def call() -> None:
        asked.set()
        answer.wait(10)

    assert pulse.silent_s() == 0
    thread = threading.Thread(target=lambda: pulse.ask(call))
    thread.start()
    asked.wait(5)
    until = time.monotonic() + 5
    while pulse.silent_s() < 0.01 and time.monotonic() < until:
        pass
    assert pulse.silent_s() >= 0.01
    answer.set()
    thread.join()
    assert pulse.silent_s() == 0


def test_a_pulse_passes_the_value_a_generator_returns() -> None:
    def numbers():
        yield 1
        return 7

    items = Pulse().items(numbers())
    assert next(items) == 1
    with pytest.raises(StopIteration) as end:
        next(items)
    assert end.value.value == 7


class Inner(PluginConfig):
    tokens: tuple[Secret, ...]


class Outer(PluginConfig):
    user: str
    password: Secret
    inner: dict[str, Inner]


def test_secrets_are_struck_out_wherever_they_stand() -> None:
    secrets = Secrets()
    inner = {"a": Inner(tokens=(Secret("t/1 2"), Secret("ab")))}
    secrets.learn(Outer(user="reader", password=Secret("hunter2"), inner=inner))
    text = "reader:hunter2@h failed; token t/1 2 (t%2F1%202), ab but not about"
    assert secrets.struck(text) == "reader:***@h failed; token *** (***), *** but not about"
    error = ConfigError("no hunter2", hint="try hunter2")
    with pytest.raises(ConfigError), secrets.kept():
        raise error
    assert (str(error), error.message, error.hint) == ("no ***", "no ***", "try ***")

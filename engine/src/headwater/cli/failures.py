"""Errors as a person reads them, and the exit code that goes with each."""

from __future__ import annotations

import functools
import json
import logging
import os
import sys
import threading
from collections.abc import Callable
from typing import NoReturn, ParamSpec, TypeVar

import click

from headwater.run.watched import THREAD_PREFIX
from headwater.sdk.errors import Cancelled, ConfigError, HeadwaterError
from headwater.spec.problems import ProjectInvalid

P = ParamSpec("P")
T = TypeVar("T")

SUCCEEDED, FAILED, WRONG, CANCELLED = 0, 1, 2, 130


def exit_code(error: HeadwaterError) -> int:
    return WRONG if isinstance(error, ConfigError) else CANCELLED if isinstance(error, Cancelled) else FAILED


def show(error: HeadwaterError) -> None:
    """One error on stderr: message, hint, code; a project file's problems one by one."""
    if isinstance(error, ProjectInvalid):
        for problem in error.problems:
            _line(str(problem), problem.hint, problem.code)
        return
    _line(error.message, error.hint, error.public_code)


def _line(message: str, hint: str | None, code: str) -> None:
    click.echo(
        f"{click.style('error:', fg='red', bold=True)} {message} {click.style(f'[{code}]', dim=True)}",
        err=True,
    )
    if hint:
        click.echo(f"  {click.style('hint:', fg='cyan')} {hint}", err=True)


def reported(command: Callable[P, T]) -> Callable[P, T]:
    """Show an error and leave with its code; with `--json` the error is printed as an object too."""

    @functools.wraps(command)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        # What is shown of the log is a display's affair; without one, nothing is.
        logging.getLogger("headwater").addHandler(logging.NullHandler())
        try:
            return command(*args, **kwargs)
        except HeadwaterError as error:
            show(error)
            if kwargs.get("as_json"):
                click.echo(json.dumps({"error": _public(error)}, ensure_ascii=False))
            end(exit_code(error), error)
        except KeyboardInterrupt as interrupted:
            click.echo("cancelled", err=True)
            end(CANCELLED, interrupted)

    return call


def end(code: int, error: BaseException | None = None) -> NoReturn:
    """Leave with the code; a driver that did not answer a cancellation, and still holds a thread, does not hold the
    process.
    """
    if any(thread.name.startswith(THREAD_PREFIX) for thread in threading.enumerate()):
        leave(code)
    raise SystemExit(code) from error


def leave(code: int) -> NoReturn:
    """End the process at once."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _public(error: HeadwaterError) -> dict[str, object]:
    public: dict[str, object] = dict(error.as_dict())
    if isinstance(error, ProjectInvalid):
        public["problems"] = [problem.as_dict() for problem in error.problems]
    return public

"""Errors as a person reads them, and the exit code that goes with each."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import click

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
        try:
            return command(*args, **kwargs)
        except HeadwaterError as error:
            show(error)
            if kwargs.get("as_json"):
                click.echo(json.dumps({"error": _public(error)}, ensure_ascii=False))
            raise SystemExit(exit_code(error)) from error

    return call


def _public(error: HeadwaterError) -> dict[str, object]:
    public: dict[str, object] = dict(error.as_dict())
    if isinstance(error, ProjectInvalid):
        public["problems"] = [problem.as_dict() for problem in error.problems]
    return public

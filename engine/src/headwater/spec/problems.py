"""What is wrong with a project: every problem at once, each with its place, as CLI, server and UI show it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from headwater.sdk.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in what the user wrote: `line` and `column` count from 1, and are None for what came from no
    text.
    """

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing a person must change. `path` is dotted; `hint` says what to do and what exists."""

    code: str
    message: str
    path: str
    file: str
    line: int | None = None
    column: int | None = None
    hint: str | None = None

    @staticmethod
    def at(mark: Mark, path: str, *, code: str, message: str, hint: str | None = None) -> Problem:
        return Problem(code, message, path, mark.file, mark.line, mark.column, hint)

    @property
    def place(self) -> str:
        """`headwater.yaml:12:9: pipelines.orders.engine`, as far as it is known."""
        numbers = [str(number) for number in (self.line, self.column) if number is not None]
        where = ":".join([self.file, *numbers])
        return f"{where}: {self.path}" if self.path else where

    def as_dict(self) -> dict[str, str | int | None]:
        """The public form."""
        return {
            "code": self.code,
            "message": self.message,
            "path": self.path,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "hint": self.hint,
        }

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class ProjectInvalid(ConfigError):
    """The project cannot be used as it is. `problems` is everything that is wrong, in the order of the file.

    The code is that of the problems when they share one, and `config.invalid_project` otherwise.
    """

    code = "config.invalid_project"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = _in_order(problems)
        codes = {problem.code for problem in self.problems}
        super().__init__(
            _text(self.problems),
            hint=self.problems[0].hint if len(self.problems) == 1 else None,
            code=codes.pop() if len(codes) == 1 else None,
            problems=[problem.as_dict() for problem in self.problems],
        )


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda item: (item.file, item.line or 0, item.column or 0)))


def _text(problems: Sequence[Problem]) -> str:
    if len(problems) == 1:
        return str(problems[0])
    lines = [f"{len(problems)} problems in {problems[0].file}"]
    for problem in problems:
        lines.append(f"  {problem}")
        if problem.hint:
            lines.append(f"      {problem.hint}")
    return "\n".join(lines)

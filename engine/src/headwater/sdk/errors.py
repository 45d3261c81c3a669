"""Every error Headwater raises, grouped by what the run does next.

    HeadwaterError
    ├── ConfigError      stop; a person must change the project file or a setting
    ├── DataError        the rows are at fault: quarantine them and go on, or fail the load and name them
    ├── TransientError   wait `retry_after_s`, then try again
    └── InternalError    stop; a bug in Headwater or in a plugin

`code` is public and stable: `<branch or area>.<what>`. The message names the thing and the place; the hint says what
to do and lists what exists. Neither ever holds a secret value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import ClassVar


class HeadwaterError(Exception):
    """Root of all errors; never raised itself."""

    code: ClassVar[str] = "internal.error"

    def __init__(self, message: str, *, hint: str | None = None, code: str | None = None, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.facts: Mapping[str, object] = facts
        self._code = code

    @property
    def public_code(self) -> str:
        return self._code or self.code

    def as_dict(self) -> dict[str, str | None]:
        """The public form: `{code, message, hint}`."""
        return {"code": self.public_code, "message": self.message, "hint": self.hint}


class ConfigError(HeadwaterError):
    """A person must change something before this can work."""

    code = "config.invalid"


class DataError(HeadwaterError):
    """Rows (or files) that cannot be taken as they are."""

    code = "data.invalid"


class TransientError(HeadwaterError):
    """The same call may succeed later; nothing was lost."""

    code = "transient.unavailable"

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        code: str | None = None,
        retry_after_s: float | None = None,
        **facts: object,
    ) -> None:
        super().__init__(message, hint=hint, code=code, **facts)
        self.retry_after_s = retry_after_s


class InternalError(HeadwaterError):
    """A bug: ours or a plugin's."""

    code = "internal.bug"


class UnknownName(ConfigError):
    """Something is named that does not exist."""

    code = "config.unknown_name"

    def __init__(self, kind: str, name: str, available: Iterable[str], *, place: str, code: str | None = None) -> None:
        known = sorted(available)
        super().__init__(
            f"{place}: there is no {kind} named {name!r}",
            hint=nearest_hint(name, known),
            code=code or f"config.unknown_{kind.replace(' ', '_')}",
            name=name,
        )


class UnknownColumn(UnknownName):
    """A step or setting names a column its input does not have."""

    def __init__(self, column: str, available: Iterable[str], *, place: str) -> None:
        super().__init__("column", column, available, place=place, code="config.unknown_column")


class Unsupported(ConfigError):
    """A plugin declares that it cannot do what is asked; raised before anything runs."""

    code = "config.unsupported"


class SchemaChanged(DataError):
    """The data no longer has the schema that was planned or promised."""

    code = "data.schema_changed"


class Busy(ConfigError):
    """Another run holds what this run needs."""

    code = "run.busy"


class Cancelled(HeadwaterError):
    """The run was asked to stop; its destination holds nothing of the unfinished loads."""

    code = "run.cancelled"


def nearest_hint(name: str, known: list[str], *, shown: int = 20) -> str:
    """Say the nearest existing name first, then what exists (at most `shown` names)."""
    lowered = {item.lower(): item for item in known}
    near = get_close_matches(name.lower(), list(lowered), n=1, cutoff=0.6)
    rest = ", ".join(known[:shown]) + (f", … ({len(known)} in all)" if len(known) > shown else "")
    exists = f"there is: {rest}" if known else "there is none yet"
    return f"did you mean {lowered[near[0]]!r}? {exists}" if near else exists

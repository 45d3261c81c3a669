"""Column names that a database cannot keep, refused before anything is written."""

from __future__ import annotations

from collections.abc import Sequence

from headwater.sdk.errors import ConfigError


def refuse_clashing(columns: Sequence[str], *, table: str, system: str, code: str) -> None:
    """For systems that keep the case of names but do not tell them apart by it. Raises ConfigError."""
    seen: dict[str, str] = {}
    for name in columns:
        if not name or "\0" in name:
            raise ConfigError(
                f"table {table!r}: {name!r} cannot be a column in {system}",
                hint="rename it in the pipeline with a select step",
                code=code,
            )
        twin = seen.setdefault(name.lower(), name)
        if twin != name:
            raise ConfigError(
                f"table {table!r}: {system} cannot tell the columns {twin!r} and {name!r} apart",
                hint="rename one of them in the pipeline with a select step",
                code=code,
            )

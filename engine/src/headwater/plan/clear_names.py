"""Column names that a query cannot tell apart: DuckDB takes `id` and `ID` for one column, and gives the first twice."""

from __future__ import annotations

from collections.abc import Iterable

from headwater.sdk.errors import ConfigError

# Hidden columns that travel with the rows begin so.
RESERVED = "__hw_"


def refuse_unclear(names: Iterable[str], *, place: str) -> None:
    """Raises ConfigError for names that differ in the case of ASCII letters only, and for reserved ones."""
    seen: dict[str, str] = {}
    for name in names:
        folded = "".join(sign.lower() if sign.isascii() else sign for sign in name)
        twin = seen.setdefault(folded, name)
        if twin != name:
            raise ConfigError(
                f"{place}: the columns {twin!r} and {name!r} differ in upper and lower case only, "
                "and a chain that computes cannot tell them apart",
                hint=f"leave one of them out where the stream is read: `columns: {{exclude: [{name}]}}`",
                code="config.unclear_columns",
            )
        if folded.startswith(RESERVED):
            raise ConfigError(
                f"{place}: the column name {name!r} is reserved",
                hint=f"names that begin with {RESERVED} are Headwater's own; rename it at the source, or leave it out",
                code="config.reserved_column",
            )

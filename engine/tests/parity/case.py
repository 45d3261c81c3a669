"""One processor as a project file would configure it, and a table to put through it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from headwater.sdk.stream import Json


@dataclass(frozen=True, slots=True)
class Case:
    """`table` is a name of `tables.TABLES` and the name of the stream; `others` are more streams, by the same names."""

    processor: str
    name: str
    config: Mapping[str, Json]
    table: str = "orders"
    others: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.processor}: {self.name}"

"""A contract about one table, whatever file it stood in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from headwater.toolkit.rules.column import ColumnSpec

UnknownColumns = Literal["keep", "drop", "reject", "fail"]


@dataclass(frozen=True, slots=True)
class Contract:
    columns: Mapping[str, ColumnSpec] = field(default_factory=dict[str, ColumnSpec])
    primary_key: tuple[str, ...] = ()
    unknown: UnknownColumns = "keep"
    name: str | None = None

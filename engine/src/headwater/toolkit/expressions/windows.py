"""Conditions on a row among the other rows. They block streaming: every row is held, in memory or spilled, until the
last has come; where rows can be read twice, only their keys are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from headwater.sdk.processor import Dialect, Expression
from headwater.sdk.stream import Predicate


@dataclass(frozen=True, slots=True)
class Repeated:
    """True for a row whose key stands in another row too; never for one that lacks a part of its key.

    With `order` the first row by it is not repeated: only the later ones are.
    """

    key: tuple[Expression, ...]
    order: tuple[tuple[Expression, Literal["asc", "desc"]], ...] = ()

    @property
    def columns(self) -> frozenset[str]:
        return frozenset[str]().union(*(item.columns for item in (*self.key, *(item for item, _ in self.order))))

    def sql(self, dialect: Dialect) -> str:
        return self._sql(dialect, ())

    def sql_among(self, dialect: Dialect, condition: str) -> str:
        return self._sql(dialect, (condition,))

    def sql_reading(self, dialect: Dialect, rows: str, condition: str | None) -> str | None:
        if self.order:
            return None
        key = [item.sql(dialect) for item in self.key]
        conditions = [f"{item} IS NOT NULL" for item in key]
        kept = " AND ".join([*conditions, *([condition] if condition else [])])
        listed = ", ".join(key)
        twice = f"SELECT {listed} FROM ({rows}) WHERE {kept} GROUP BY {listed} HAVING count(*) > 1"
        return f"({' AND '.join(conditions)} AND ({listed}) IN ({twice}))"

    def predicates(self, schema: pa.Schema) -> tuple[Predicate, ...]:
        return ()

    def _sql(self, dialect: Dialect, apart: tuple[str, ...]) -> str:
        key = [item.sql(dialect) for item in self.key]
        given = " AND ".join(f"{item} IS NOT NULL" for item in key)
        over = f"PARTITION BY {', '.join([*key, *apart])}"
        if not self.order:
            return f"({given} AND count(*) OVER ({over}) > 1)"
        order = ", ".join(f"{item.sql(dialect)} {way.upper()} NULLS LAST" for item, way in self.order)
        return f"({given} AND row_number() OVER ({over} ORDER BY {order}) > 1)"

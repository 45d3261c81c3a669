"""`column IS NULL` as an expression, made by hand so that a chain without expressions never loads the parser."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from headwater.sdk.processor import Dialect
from headwater.sdk.stream import Predicate
from headwater.toolkit.identifiers import quote_identifier


@dataclass(frozen=True, slots=True)
class IsNull:
    column: str

    @property
    def columns(self) -> frozenset[str]:
        return frozenset((self.column,))

    def sql(self, dialect: Dialect) -> str:
        quoted = quote_identifier(self.column) if dialect == "duckdb" else f"`{self.column.replace('`', '``')}`"
        return f"{quoted} IS NULL"

    def predicates(self, schema: pa.Schema) -> tuple[Predicate, ...]:
        return (Predicate(self.column, "is_null"),) if self.column in schema.names else ()

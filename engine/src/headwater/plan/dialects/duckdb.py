"""DuckDB's SQL, as text."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from headwater.plan.dialects.model import SAMPLE_CHARS, Shown
from headwater.sdk.processor import Dialect
from headwater.toolkit.duckdb_sql import any_of, duckdb_type
from headwater.toolkit.identifiers import quote_identifier, quote_literal


class DuckdbSql:
    name: Dialect = "duckdb"

    def quote(self, name: str) -> str:
        return quote_identifier(name)

    def text(self, value: str) -> str:
        return quote_literal(value)

    def cast(self, sql: str, data_type: pa.DataType) -> str:
        return f"CAST({sql} AS {duckdb_type(data_type)})"

    def struct(self, fields: Sequence[tuple[str, str]]) -> str:
        return "{" + ", ".join(f"{quote_literal(name)}: {sql}" for name, sql in fields) + "}"

    def present(self, items: Sequence[tuple[str, str]]) -> str:
        # A list for every row, nearly always an empty one, would cost more than to ask the conditions.
        values = ", ".join(f"CASE WHEN {condition} THEN {value} END" for condition, value in items)
        some = any_of([condition for condition, _ in items])
        return f"CASE WHEN {some} THEN list_filter([{values}], lambda x: x IS NOT NULL) END"

    def size(self, items: str) -> str:
        return f"len({items})"

    def joined(self, one: str, other: str) -> str:
        return f"list_concat({one}, {other})"

    def row(self, cells: Sequence[Shown]) -> str:
        return f"to_json({self.struct([(cell.name, cell.sql) for cell in cells])})::VARCHAR"

    def sample(self, cell: Shown) -> str:
        value = f"to_json({cell.sql})" if pa.types.is_nested(cell.type) else cell.sql
        return f"left({value}::VARCHAR, {SAMPLE_CHARS})"


DUCKDB = DuckdbSql()

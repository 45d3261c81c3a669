"""Spark's SQL, as text. A row and a sample say the same as DuckDB's do.

Where JSON leaves a choice, it is DuckDB's: timestamps with a blank and `+00`, float32 with the digits of its float64,
bytes as printable ASCII and `\\xHH`. NaN and infinities are texts here, because no JSON number means them.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from headwater.plan.dialects.model import SAMPLE_CHARS, Shown
from headwater.sdk.processor import Dialect
from headwater.toolkit.expressions.casts import cast
from headwater.toolkit.expressions.kinds import STRING, kind_of
from headwater.toolkit.expressions.nodes import Call, same
from headwater.toolkit.expressions.render import render
from headwater.toolkit.expressions.sql_text import quote_name, quote_text, sql_type

_KEEP_NULLS = "map('ignoreNullFields', 'false')"
_AS_TEXT = ("date", "time", "timestamp", "timestamptz")
# The bytes that DuckDB shows as they are: ASCII from blank to tilde, but for quotes and the backslash.
_PLAIN = "'^(2[0-1]|2[3-6]|2[8-9A-F]|[3-4].|5[0-9ABD-F]|6.|7[0-9A-E])$'"
_BYTE = f"if(h RLIKE {_PLAIN}, decode(unhex(h), 'UTF-8'), concat('\\\\x', h))"


class SparkSql:
    name: Dialect = "spark"

    def quote(self, name: str) -> str:
        return quote_name(name, "spark")

    def text(self, value: str) -> str:
        return quote_text(value, "spark")

    def cast(self, sql: str, data_type: pa.DataType) -> str:
        return f"CAST({sql} AS {sql_type(data_type, 'spark')})"

    def struct(self, fields: Sequence[tuple[str, str]]) -> str:
        return "named_struct(" + ", ".join(f"{self.text(name)}, {sql}" for name, sql in fields) + ")"

    def present(self, items: Sequence[tuple[str, str]]) -> str:
        values = ", ".join(f"CASE WHEN {condition} THEN {value} END" for condition, value in items)
        # Spark finds that this list is never NULL, and says so of the field that it becomes in a struct that may be
        # NULL; Arrow then refuses the field. `if` takes the finding back.
        return f"if(true, filter(array({values}), x -> x IS NOT NULL), NULL)"

    def size(self, items: str) -> str:
        return f"size({items})"

    def joined(self, one: str, other: str) -> str:
        return f"CASE WHEN {one} IS NULL THEN {other} WHEN {other} IS NULL THEN {one} ELSE concat({one}, {other}) END"

    def row(self, cells: Sequence[Shown]) -> str:
        values = self.struct([(cell.name, _json_value(cell.sql, cell.type, 0)) for cell in cells])
        return f"to_json({values}, {_KEEP_NULLS})"

    def sample(self, cell: Shown) -> str:
        return f"left({_text(cell.sql, cell.type)}, {SAMPLE_CHARS})"


def _text(sql: str, data_type: pa.DataType) -> str:
    kind = kind_of(data_type)
    if kind in ("list", "struct"):
        return f"to_json({_json_value(sql, data_type, 0)}, {_KEEP_NULLS})"
    if kind == "binary":
        return _bytes_text(sql)
    if kind in ("null", "other"):
        return f"CAST({sql} AS STRING)"
    return render(cast(Call("shown", same(sql.replace("{", "{{").replace("}", "}}")), (), data_type), STRING), "spark")


def _json_value(sql: str, data_type: pa.DataType, depth: int) -> str:
    """A value that `to_json` writes as DuckDB would. `depth` keeps the names of nested items apart."""
    kind = kind_of(data_type)
    if kind in _AS_TEXT:
        return _text(sql, data_type)
    if kind == "binary":
        return _bytes_text(sql)
    if kind == "float" and data_type.bit_width < 64:
        return f"CAST({sql} AS DOUBLE)"
    if kind == "list":
        item = f"v{depth}"
        return f"transform({sql}, {item} -> {_json_value(item, data_type.value_type, depth + 1)})"
    if kind == "struct":
        fields = (
            f"{quote_text(field.name, 'spark')}, "
            + _json_value(f"{sql}.{quote_name(field.name, 'spark')}", field.type, depth)
            for field in data_type
        )
        return f"CASE WHEN {sql} IS NOT NULL THEN named_struct({', '.join(fields)}) END"
    return sql


def _bytes_text(sql: str) -> str:
    """`array_join` of nothing is '', also for NULL bytes: those must stay NULL."""
    shown = f"array_join(transform(regexp_extract_all(hex({sql}), '..', 0), h -> {_BYTE}), '')"
    return f"CASE WHEN {sql} IS NOT NULL THEN {shown} END"


SPARK = SparkSql()

"""Nested values: the fields inside a struct as columns, the items of a list as rows of a query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from headwater.sdk.processor import Dialect
from headwater.sdk.stream import Predicate
from headwater.toolkit.expressions.build import field
from headwater.toolkit.expressions.checked import CheckedExpression
from headwater.toolkit.expressions.nodes import Column
from headwater.toolkit.expressions.render import render
from headwater.toolkit.expressions.sql_text import quote_name

_ITEM = "hw_item"


def struct_leaves(
    value: CheckedExpression, name: str, separator: str, depth: int | None
) -> list[tuple[str, CheckedExpression]]:
    """The value itself when it is no struct, else its fields, to this depth (None: all the way), with their names."""
    if not pa.types.is_struct(value.type) or not value.type.num_fields or depth == 0:
        return [(name, value)]
    deeper = None if depth is None else depth - 1
    return [
        leaf
        for part in value.type
        for leaf in struct_leaves(field(value, part.name), f"{name}{separator}{part.name}", separator, deeper)
    ]


@dataclass(frozen=True, slots=True)
class ItemColumns:
    """A query: one row per item of the list `column` of `stream`, in list order by `index`. An item that is a struct
    becomes its fields, another the column `value`. Implements `sdk.processor.Expression`.
    """

    stream: str
    column: str
    key: Mapping[str, str]
    index: str | None
    item: pa.DataType
    separator: str

    @property
    def names(self) -> list[str]:
        return [*self.key.values(), *([self.index] if self.index else []), *(name for name, _ in self._leaves())]

    @property
    def columns(self) -> frozenset[str]:
        return frozenset((*self.key, self.column))

    def sql(self, dialect: Dialect) -> str:
        def quoted(name: str) -> str:
            return quote_name(name, dialect)

        kept = [f"{quoted(name)} AS {quoted(f'hw_key_{at}')}" for at, name in enumerate(self.key)]
        items = quoted(self.column)
        if dialect == "duckdb":
            opened = [f"unnest({items}) AS {_ITEM}", f"generate_subscripts({items}, 1) AS hw_position"]
        else:
            opened = [f"posexplode({items}) AS (hw_position, {_ITEM})"]
        position = "CAST(hw_position AS BIGINT)" if dialect == "duckdb" else "CAST(hw_position + 1 AS BIGINT)"
        outputs = [f"{quoted(f'hw_key_{at}')} AS {quoted(name)}" for at, name in enumerate(self.key.values())]
        if self.index:
            outputs.append(f"{position} AS {quoted(self.index)}")
        outputs += [f"{render(leaf.root, dialect)} AS {quoted(name)}" for name, leaf in self._leaves()]
        inner = f"SELECT {', '.join([*kept, *opened])} FROM {quoted(self.stream)}"
        return f"SELECT {', '.join(outputs)} FROM ({inner}) AS hw_items"

    def predicates(self, schema: pa.Schema) -> tuple[Predicate, ...]:
        return ()

    def _leaves(self) -> list[tuple[str, CheckedExpression]]:
        whole = CheckedExpression(Column(_ITEM, self.item))
        if not pa.types.is_struct(self.item) or not self.item.num_fields:
            return [("value", whole)]
        return [
            leaf
            for part in self.item
            for leaf in struct_leaves(field(whole, part.name), part.name, self.separator, None)
        ]

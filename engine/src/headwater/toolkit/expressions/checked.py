"""The finished expression: what processors hand to an engine (`sdk.processor.Expression`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from headwater.sdk.processor import Dialect
from headwater.sdk.stream import Predicate
from headwater.toolkit.expressions.failures import failure
from headwater.toolkit.expressions.nodes import Column, Hidden, Node, walk
from headwater.toolkit.expressions.predicates import predicates
from headwater.toolkit.expressions.render import render


@dataclass(frozen=True, slots=True)
class CheckedExpression:
    root: Node

    @property
    def columns(self) -> frozenset[str]:
        return frozenset(node.name for node in walk(self.root) if isinstance(node, Column))

    @property
    def hidden(self) -> Mapping[str, bytes]:
        """See `sdk.processor.HidesValues`."""
        return {node.name: node.value for node in walk(self.root) if isinstance(node, Hidden)}

    @property
    def type(self) -> pa.DataType:
        """The Arrow type of its value on every engine. `null` when it is nothing but NULL."""
        return self.root.type

    def sql(self, dialect: Dialect) -> str:
        return render(self.root, dialect)

    def predicates(self, schema: pa.Schema) -> tuple[Predicate, ...]:
        return predicates(self.root, schema)

    def failure(self) -> CheckedExpression | None:
        """True for the rows in which an operation had no result (an overflow, a text that is no date); None: it
        cannot fail.
        """
        found = failure(self.root)
        return None if found is None else CheckedExpression(found)

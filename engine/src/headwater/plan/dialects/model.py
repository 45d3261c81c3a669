"""The words in which `plan.lower` asks an engine for its SQL. They take and give SQL text unless they say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from headwater.sdk.processor import Dialect

SAMPLE_CHARS = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """A value that a person will see, under the name of its column. `type` is null where nobody knows it."""

    name: str
    sql: str
    type: pa.DataType


class SqlDialect(Protocol):
    @property
    def name(self) -> Dialect: ...

    def quote(self, name: str) -> str:
        """A column name (no SQL yet) as an identifier."""
        ...

    def text(self, value: str) -> str:
        """A text as a literal."""
        ...

    def cast(self, sql: str, data_type: pa.DataType) -> str: ...

    def struct(self, fields: Sequence[tuple[str, str]]) -> str:
        """A struct of (field name, SQL); names are plain words."""
        ...

    def present(self, items: Sequence[tuple[str, str]]) -> str:
        """Of (condition, value), the list of those values whose condition is true; empty or NULL when there is none.
        There is at least one item. A condition may stand in the SQL more than once.
        """
        ...

    def size(self, items: str) -> str:
        """How many items a list has; NULL for NULL."""
        ...

    def joined(self, one: str, other: str) -> str:
        """Two lists as one; a NULL list is an empty one."""
        ...

    def row(self, cells: Sequence[Shown]) -> str:
        """The row as the text of a JSON object, from which the values can be read again without loss."""
        ...

    def sample(self, cell: Shown) -> str:
        """The value as text, at most SAMPLE_CHARS long; nested values as JSON."""
        ...

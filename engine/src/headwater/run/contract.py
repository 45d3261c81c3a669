"""A contract proposed from the first rows of a stream, and from what its source says about it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from headwater.plan.model import Chain
from headwater.run.prepare import Prepared
from headwater.run.sample import sample
from headwater.sdk.stream import Json
from headwater.toolkit.contract.model import Contract
from headwater.toolkit.contract.write import to_native
from headwater.toolkit.rules.column import ColumnSpec
from headwater.toolkit.rules.column_type import known_column_type
from headwater.toolkit.rules.observed import Observed, observe

ENOUGH_ROWS = 100
"""A list of allowed values, or that nothing is ever missing, is not said after fewer rows."""


@dataclass(frozen=True, slots=True)
class Inferred:
    """`rows` were looked at, as they stand after the step named `after`."""

    stream: str
    after: str
    rows: int
    contract: Contract

    def as_dict(self) -> dict[str, Json]:
        """`contract` in our own format, as the schema processor reads it."""
        return {"stream": self.stream, "after": self.after, "rows": self.rows, "contract": to_native(self.contract)}


def infer_contract(chain: Chain, prepared: Prepared, home: Path, *, after: int | None, rows: int) -> Inferred:
    """Values of a column that the pipeline protects somewhere do not get into the contract. Raises ConfigError when the
    stream has no step of that number.
    """
    seen, hidden = sample(chain, prepared, home, after=after, rows=rows)
    key = tuple(name for name in chain.scan.primary_key if name in seen.rows.schema.names)
    columns = {
        item.name: _column(item, field, key, is_hidden=item.name in hidden)
        for item, field in zip(observe(seen.rows), seen.rows.schema, strict=True)
    }
    return Inferred(chain.name, seen.after, seen.rows.num_rows, Contract(columns, key, name=chain.name))


def _column(item: Observed, field: pa.Field, key: tuple[str, ...], *, is_hidden: bool) -> ColumnSpec:
    never_empty = item.nulls == 0 and (not field.nullable or item.name in key or item.rows >= ENOUGH_ROWS)
    listed = item.values if item.rows >= ENOUGH_ROWS and not is_hidden and item.type == "string" else ()
    return ColumnSpec(
        type=_type(item),
        nullable=not never_empty,
        allowed=listed or None,
        format=tuple(form for form in (item.format, item.kind) if form is not None),
    )


def _type(item: Observed) -> str | None:
    """Types that a contract cannot check, of nested columns and of texts of a logical type, are left open."""
    name = item.of_type or item.type
    if name.startswith("struct<") or "struct<" in name:
        return None
    try:
        return known_column_type(name)
    except ValueError:
        return None

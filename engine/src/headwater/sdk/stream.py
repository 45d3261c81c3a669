"""Streams and how they are asked for: a named table-like data set, and the request to read part of it.

All values here are plain data. Arrow schemas at this border are normalised (see `toolkit.arrow`): string, binary, bool,
int8…int64, uint8…uint64, float32/64, decimal128, date32, time64[us], timestamp[us] with or without UTC, month_day_nano
interval, list, struct. What Arrow cannot say (json, uuid, inet, enum …) is said in the field's metadata under
`headwater.type`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import pyarrow as pa

type_key = b"headwater.type"

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, slots=True)
class Stream:
    """A named data set of a source."""

    name: str
    schema: pa.Schema
    primary_key: tuple[str, ...] = ()
    cursor_candidates: tuple[str, ...] = ()
    row_estimate: int | None = None
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Discovery:
    """One page of streams in name order; `after` of the next call is `next`, or None at the end."""

    streams: tuple[Stream, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Predicate:
    """`column operator value(s)`: the vocabulary a source may evaluate itself.

    Values are Arrow scalars of the column's type. `in` takes one or more values, `is_null` and `is_not_null` none,
    the others one. A NULL column value satisfies only `is_null`. Source: the filters of Spark's DataSource API.
    """

    column: str
    operator: Literal["=", "<>", "<", "<=", ">", ">=", "in", "is_null", "is_not_null"]
    values: tuple[pa.Scalar, ...] = ()


@dataclass(frozen=True, slots=True)
class CursorRange:
    """Rows whose `column` is in [lower, upper]; None means open. With `nulls`, rows without a value too.

    `lower` is inclusive, always: rows equal to the last checkpoint are read again and told apart by the engine, so
    that rows which share a cursor value are never lost.
    """

    column: str
    lower: pa.Scalar | None = None
    upper: pa.Scalar | None = None
    nulls: bool = True


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """What the engine wants of a stream. `columns` and `cursor` must be honoured; `predicates` may be."""

    stream: Stream
    columns: tuple[str, ...]
    predicates: tuple[Predicate, ...] = ()
    cursor: CursorRange | None = None
    parallelism: int = 1


@dataclass(frozen=True, slots=True)
class Partition:
    """A part of a stream that can be read alone, anywhere: `detail` is JSON and holds no secret."""

    id: str
    stream: str
    detail: Mapping[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, slots=True)
class Partitions:
    """A source's answer to a ReadRequest.

    `schema` is exactly what `read` yields for every partition (the request's columns, in its order). `pushed` are the
    predicates the source applies by itself. `upper` is the highest cursor value among the rows these partitions hold,
    when the source knows it before reading (same snapshot); the engine observes it otherwise.
    """

    schema: pa.Schema
    items: tuple[Partition, ...]
    pushed: tuple[Predicate, ...] = ()
    upper: pa.Scalar | None = None

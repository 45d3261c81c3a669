"""Cursor values as JSON and back, exactly: what a checkpoint stores.

Numbers that JSON cannot hold exactly, dates, times and timestamps are text (ISO 8601; timestamps with zone in UTC).
"""

from __future__ import annotations

from datetime import time

import pyarrow as pa

from headwater.sdk.errors import ConfigError, DataError
from headwater.sdk.stream import Json
from headwater.toolkit.arrow_types import type_name
from headwater.toolkit.deferred import compute as pc


def cursor_type_error(column: str, data_type: pa.DataType) -> ConfigError | None:
    """Why a column cannot be a cursor, if it cannot: cursors are ordered, and the order must be the same in every
    system.
    """
    is_ = pa.types
    ordered = (
        is_.is_integer(data_type) or is_.is_decimal(data_type) or is_.is_date(data_type) or is_.is_timestamp(data_type)
    )
    if ordered or is_.is_string(data_type) or is_.is_floating(data_type) or is_.is_time(data_type):
        return None
    return ConfigError(
        f"column {column!r} of type {type_name(data_type)} cannot be a cursor",
        hint="a cursor is a number, a date, a timestamp or a text that only grows",
        code="config.invalid_cursor",
    )


def to_json(scalar: pa.Scalar) -> Json:
    """The scalar as JSON; `from_json` with the same type gives it back."""
    if not scalar.is_valid:
        return None
    if pa.types.is_integer(scalar.type) or pa.types.is_floating(scalar.type) or pa.types.is_string(scalar.type):
        return scalar.as_py()
    if pa.types.is_timestamp(scalar.type):
        text = pc.strftime(scalar.cast(pa.timestamp("us")), format="%Y-%m-%dT%H:%M:%S").as_py()
        return f"{text}Z" if scalar.type.tz else text
    return str(scalar.as_py())


def from_json(value: Json, data_type: pa.DataType, *, column: str) -> pa.Scalar:
    """Raises DataError when the stored value is not of the type (the column's type changed since)."""
    if value is None:
        return pa.scalar(None, data_type)
    try:
        if pa.types.is_timestamp(data_type):
            naive = pa.scalar(str(value).removesuffix("Z"), pa.string()).cast(pa.timestamp("us"))
            return naive.cast(pa.int64()).cast(data_type) if data_type.tz else naive
        if pa.types.is_time(data_type):
            return pa.scalar(time.fromisoformat(str(value)), data_type)
        if pa.types.is_decimal(data_type) or pa.types.is_date(data_type):
            return pa.scalar(str(value), pa.string()).cast(data_type)
        return pa.scalar(value, data_type)
    except (ValueError, TypeError, pa.ArrowNotImplementedError) as cause:
        raise DataError(
            f"the checkpoint value {value!r} is not a {type_name(data_type)}, the type of cursor {column!r} today",
            hint="reset the state of this stream and run again: headwater state reset PIPELINE --stream NAME",
            code="data.cursor_type_changed",
        ) from cause

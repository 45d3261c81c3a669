"""What becomes of Arrow types on the way through Spark."""

from __future__ import annotations

import pyarrow as pa


def carried(data_type: pa.DataType) -> pa.DataType:
    """The Arrow type under which Spark takes and gives values of a type."""
    wider = {
        pa.uint8(): pa.int16(),
        pa.uint16(): pa.int32(),
        pa.uint32(): pa.int64(),
        pa.uint64(): pa.decimal128(20, 0),
        pa.time64("us"): pa.time64("ns"),
    }
    if pa.types.is_list(data_type):
        return pa.list_(carried(data_type.value_type))
    if pa.types.is_struct(data_type):
        return pa.struct([field.with_type(carried(field.type)) for field in data_type])
    return wider.get(data_type, data_type)

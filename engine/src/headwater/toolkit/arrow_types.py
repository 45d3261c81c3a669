"""The Arrow types that cross Headwater's borders, their names in a project file, and the one step that normalises
others.

Drivers answer with many spellings of one type (large and view strings, dictionaries, millisecond timestamps,
extension types). `normalise_schema` and `normalise_batch` bring every batch to one spelling, which Spark's Python
data sources need exactly and DuckDB and the destinations read alike. Timestamps are microseconds; with a zone they
are UTC.
"""

from __future__ import annotations

import re

import pyarrow as pa

from headwater.sdk.errors import ConfigError, DataError, nearest_hint
from headwater.sdk.stream import type_key
from headwater.toolkit.deferred import compute as pc

_PLAIN: dict[str, pa.DataType] = {
    "bool": pa.bool_(),
    "int8": pa.int8(),
    "int16": pa.int16(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "uint8": pa.uint8(),
    "uint16": pa.uint16(),
    "uint32": pa.uint32(),
    "uint64": pa.uint64(),
    "float32": pa.float32(),
    "float64": pa.float64(),
    "string": pa.string(),
    "binary": pa.binary(),
    "date": pa.date32(),
    "time": pa.time64("us"),
    "timestamp": pa.timestamp("us"),
    "timestamptz": pa.timestamp("us", "UTC"),
    "interval": pa.month_day_nano_interval(),
}
_NAMES = {data_type: name for name, data_type in _PLAIN.items()}

# What Arrow cannot say: carried as text, named in the field's metadata.
LOGICAL = frozenset(
    {
        "json",
        "uuid",
        "inet",
        "cidr",
        "macaddr",
        "enum",
        "xml",
        "bit",
        "timetz",
        "hstore",
        "geometry",
        "numeric",
        "decimal",
    }
)

_DECIMAL = re.compile(r"decimal\((\d{1,2}),\s*(\d{1,2})\)")
_LIST = re.compile(r"list<(.+)>")


def type_name(data_type: pa.DataType) -> str:
    """The project-file name of a normalised type: `int64`, `decimal(12,2)`, `list<string>`, `struct<a: int64, b:
    date>`.
    """
    if data_type in _NAMES:
        return _NAMES[data_type]
    if pa.types.is_decimal(data_type):
        return f"decimal({data_type.precision},{data_type.scale})"
    if pa.types.is_list(data_type):
        return f"list<{type_name(data_type.value_type)}>"
    if pa.types.is_struct(data_type):
        inner = ", ".join(f"{field.name}: {type_name(field.type)}" for field in data_type)
        return f"struct<{inner}>"
    return str(data_type)


def field_type_name(field: pa.Field) -> str:
    """`type_name`, or the logical type (`json`, `uuid` …) where the field's metadata names one."""
    return logical(field) or type_name(field.type)


def parse_type(text: str) -> pa.DataType:
    """The Arrow type of a project-file name. Raises ConfigError with the nearest name. Logical types are strings."""
    name = text.strip().lower()
    if name in _PLAIN:
        return _PLAIN[name]
    if name in LOGICAL:
        return pa.string()
    if found := _DECIMAL.fullmatch(name):
        precision, scale = int(found[1]), int(found[2])
        if 1 <= precision <= 38 and scale <= precision:
            return pa.decimal128(precision, scale)
        raise ConfigError(
            f"type {text!r} is out of range",
            hint="decimal(p,s) has 1 <= p <= 38 and s <= p",
            code="config.invalid_type",
        )
    if found := _LIST.fullmatch(name):
        return pa.list_(parse_type(found[1]))
    known = sorted([*_PLAIN, *LOGICAL, "decimal(p,s)", "list<type>"])
    raise ConfigError(
        f"there is no type {text!r}", hint=nearest_hint(name, known, shown=40), code="config.unknown_type"
    )


def parse_field(name: str, text: str, *, nullable: bool = True) -> pa.Field:
    """A field of a project-file type; logical types are noted in its metadata."""
    field = pa.field(name, parse_type(text), nullable=nullable)
    lowered = text.strip().lower()
    return with_logical(field, lowered) if lowered in LOGICAL else field


def logical(field: pa.Field) -> str | None:
    """The logical type a field carries (`json`, `uuid` …), if any."""
    value = (field.metadata or {}).get(type_key)
    return value.decode() if value else None


def with_logical(field: pa.Field, name: str) -> pa.Field:
    return field.with_metadata({**(field.metadata or {}), type_key: name.encode()})


def normalise_schema(schema: pa.Schema) -> pa.Schema:
    """Each field in its one spelling; field metadata is kept, schema metadata dropped. Raises DataError for types
    without one.
    """
    return pa.schema([normalise_field(field) for field in schema])


def normalise_field(field: pa.Field) -> pa.Field:
    if isinstance(field.type, pa.BaseExtensionType):
        name = field.type.extension_name.removeprefix("arrow.")
        storage = field.with_type(field.type.storage_type)
        plain = storage.with_type(pa.string()) if name in LOGICAL else storage
        return with_logical(normalise_field(plain), name) if name in LOGICAL else normalise_field(plain)
    return field.with_type(_normalise_type(field.type, field.name))


def _normalise_type(data_type: pa.DataType, column: str) -> pa.DataType:
    is_ = pa.types
    if is_.is_dictionary(data_type):
        return _normalise_type(data_type.value_type, column)
    if is_.is_large_string(data_type) or is_.is_string_view(data_type) or is_.is_null(data_type):
        return pa.string()
    if is_.is_large_binary(data_type) or is_.is_binary_view(data_type) or is_.is_fixed_size_binary(data_type):
        return pa.binary()
    if is_.is_timestamp(data_type):
        return pa.timestamp("us", "UTC" if data_type.tz else None)
    if is_.is_date64(data_type):
        return pa.date32()
    if is_.is_time(data_type):
        return pa.time64("us")
    if is_.is_float16(data_type):
        return pa.float32()
    if is_.is_decimal(data_type):
        return _normalise_decimal(data_type, column)
    if (
        is_.is_list(data_type)
        or is_.is_large_list(data_type)
        or is_.is_fixed_size_list(data_type)
        or is_.is_list_view(data_type)
    ):
        return pa.list_(_normalise_type(data_type.value_type, column))
    if is_.is_map(data_type):
        pair = pa.struct(
            [
                ("key", _normalise_type(data_type.key_type, column)),
                ("value", _normalise_type(data_type.item_type, column)),
            ]
        )
        return pa.list_(pair)
    if is_.is_struct(data_type):
        return pa.struct([normalise_field(field) for field in data_type])
    if data_type in _NAMES:
        return data_type
    raise DataError(
        f"column {column!r} has the type {data_type}, which Headwater cannot carry",
        hint="leave the column out, or cast it to text in the source",
        code="data.unsupported_type",
    )


def _normalise_decimal(data_type: pa.DataType, column: str) -> pa.DataType:
    if data_type.precision > 38 or not 0 <= data_type.scale <= 38:
        raise DataError(
            f"column {column!r} is {data_type}: more than 38 digits",
            hint="cast it to text or to decimal(38,s) in the source",
            code="data.unsupported_type",
        )
    return pa.decimal128(data_type.precision, data_type.scale)


def normalise_batch(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The batch in exactly this (normalised) schema, columns by position. Raises DataError naming the column."""
    batch = _at_start(batch)
    if batch.schema.equals(schema, check_metadata=True):
        return batch
    columns = [conform(batch.column(index), field) for index, field in enumerate(schema)]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _at_start(batch: pa.RecordBatch) -> pa.RecordBatch:
    """DuckDB 2.0 refuses structs that are a slice of longer ones: these are copied."""
    if not any(column.offset and pa.types.is_nested(column.type) for column in batch.columns):
        return batch
    return pa.RecordBatch.from_arrays([pa.concat_arrays([column]) for column in batch.columns], schema=batch.schema)


def conform(array: pa.Array, field: pa.Field) -> pa.Array:
    """The array as `field.type`; a value that does not fit is a DataError that names the column."""
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    if array.type == field.type:
        return array
    try:
        return pc.cast(array, field.type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as cause:
        raise DataError(
            f"column {field.name!r}: a value does not fit {type_name(field.type)} ({cause})",
            hint="cast the column in the pipeline, or change its declared type",
            code="data.value_out_of_range",
        ) from cause

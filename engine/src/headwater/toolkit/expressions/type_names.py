"""The types a CAST may name: a project file's names, and SQL's own for the same types."""

from __future__ import annotations

import pyarrow as pa
from sqlglot import exp

from headwater.sdk.errors import ConfigError
from headwater.toolkit.arrow_types import LOGICAL, parse_type

_SQL = {
    "BOOLEAN": "bool",
    "TINYINT": "int8",
    "SMALLINT": "int16",
    "INT": "int32",
    "BIGINT": "int64",
    "UTINYINT": "uint8",
    "USMALLINT": "uint16",
    "UINT": "uint32",
    "UBIGINT": "uint64",
    "FLOAT": "float32",
    "DOUBLE": "float64",
    "TEXT": "string",
    "VARCHAR": "string",
    "BINARY": "binary",
    "VARBINARY": "binary",
    "DATE": "date",
    "TIME": "time",
    "TIMESTAMP": "timestamp",
    "TIMESTAMPNTZ": "timestamp",
    "DATETIME": "timestamp",
    "TIMESTAMPTZ": "timestamptz",
    "TIMESTAMPLTZ": "timestamptz",
}


def arrow_type(named: exp.DataType) -> pa.DataType:
    """Raises ConfigError for a type that a pipeline does not carry."""
    name = named.this.name if isinstance(named.this, exp.DType) else str(named.this)
    if name in ("ARRAY", "LIST") and named.expressions:
        return pa.list_(arrow_type(named.expressions[0]))
    if name == "DECIMAL":
        numbers = [int(item.name) for item in named.expressions]
        return parse_type(f"decimal({numbers[0]},{numbers[1] if len(numbers) > 1 else 0})")
    if name == "USERDEFINED":
        return _own(str(named.args.get("kind") or ""))
    if name in _SQL:
        return parse_type(_SQL[name])
    return _own(name)


def _own(name: str) -> pa.DataType:
    if name.lower() in LOGICAL:
        raise ConfigError(
            f"{name.lower()} is text in a pipeline; there is nothing to cast it to",
            hint="leave it as it is, or cast to string",
            code="config.unknown_type",
        )
    return parse_type(name)

"""How DuckDB turns the text columns of `select.py` into the declared types: what `CsvBytes.conversions` says.

A column that is not named here is cast. The counterpart in Python is `decode.py`; a test holds the two together.
"""

from __future__ import annotations

import pyarrow as pa

_NAMES: dict[pa.DataType, str] = {
    pa.bool_(): "BOOLEAN",
    pa.int16(): "SMALLINT",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.float32(): "FLOAT",
    pa.float64(): "DOUBLE",
    pa.string(): "VARCHAR",
    pa.date32(): "DATE",
    pa.time64("us"): "TIME",
    pa.timestamp("us"): "TIMESTAMP",
    pa.timestamp("us", "UTC"): "TIMESTAMPTZ",
}


def conversions(schema: pa.Schema) -> dict[str, str]:
    """Per column that a cast does not do, the SQL on its text."""
    found = {field.name: _conversion(field) for field in schema}
    return {column: sql for column, sql in found.items() if sql is not None}


def _conversion(field: pa.Field) -> str | None:
    text = '"' + field.name.replace('"', '""') + '"'
    if pa.types.is_binary(field.type):
        return f"unhex({text})"
    if pa.types.is_interval(field.type):
        parts = [f"split_part({text}, ' ', {place})" for place in (1, 2, 3)]
        return (
            f"to_months(CAST({parts[0]} AS INTEGER)) + to_days(CAST({parts[1]} AS INTEGER))"
            f" + to_microseconds(CAST({parts[2]} AS BIGINT))"
        )
    if pa.types.is_list(field.type):
        items = f"CAST(CAST({text} AS JSON) AS VARCHAR[])"
        element = field.type.value_type
        return items if element == pa.string() else f"CAST({items} AS {_duckdb_name(element)}[])"
    return None


def _duckdb_name(data_type: pa.DataType) -> str:
    if pa.types.is_decimal(data_type):
        return f"DECIMAL({data_type.precision}, {data_type.scale})"
    return _NAMES[data_type]

"""How DuckDB turns the text columns of `select.py` into the declared types: what `CsvBytes.conversions` says.

What comes out is then cast to the column's type, as are columns that are not named here. The counterpart in Python is
`decode.py`; a test holds the two together.
"""

from __future__ import annotations

import pyarrow as pa

from headwater.connectors.postgres.decode import MICROS_TO_2000


def conversions(schema: pa.Schema, *, counts: bool) -> dict[str, str]:
    """Per column that a cast does not do, the SQL on its text, or on its number where moments come as `counts`."""
    found = {field.name: _conversion(field, counts=counts) for field in schema}
    return {column: sql for column, sql in found.items() if sql is not None}


def numbers(schema: pa.Schema, *, counts: bool) -> dict[str, str]:
    """The columns that come as numbers, with DuckDB's type for them."""
    return {field.name: "BIGINT" for field in schema if counts and pa.types.is_timestamp(field.type)}


def _conversion(field: pa.Field, *, counts: bool) -> str | None:
    text = '"' + field.name.replace('"', '""') + '"'
    if counts and pa.types.is_timestamp(field.type):
        return f"make_timestamp{'tz' if field.type.tz else ''}({text} + {MICROS_TO_2000})"
    if pa.types.is_binary(field.type):
        return f"unhex({text})"
    if pa.types.is_interval(field.type):
        parts = [f"split_part({text}, ' ', {place})" for place in (1, 2, 3)]
        return (
            f"to_months(CAST({parts[0]} AS INTEGER)) + to_days(CAST({parts[1]} AS INTEGER))"
            f" + to_microseconds(CAST({parts[2]} AS BIGINT))"
        )
    if pa.types.is_list(field.type):
        return f"CAST(CAST({text} AS JSON) AS VARCHAR[])"
    return None

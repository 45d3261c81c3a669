"""How DuckDB turns the text columns of `select.py` into the declared types: what `CsvBytes.conversions` says.

What comes out is then cast to the column's type, as are columns that are not named here. The counterpart in Python is
`decode.py`; a test holds the two together.
"""

from __future__ import annotations

import pyarrow as pa


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
        return f"CAST(CAST({text} AS JSON) AS VARCHAR[])"
    return None

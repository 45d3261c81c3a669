"""Arrow tables as JSON: columns with names and types, rows as lists."""

from __future__ import annotations

import json
from typing import Any

from headwater.toolkit.arrow_types import field_type_name


def columns_of(schema: Any) -> list[dict[str, Any]]:
    """Of an Arrow schema."""
    return [{"name": field.name, "type": field_type_name(field), "nullable": field.nullable} for field in schema]


def table(rows: Any) -> dict[str, Any]:
    """Of an Arrow table. Nested values stay nested."""
    columns = [column.to_pylist() for column in rows.columns]
    return {"columns": columns_of(rows.schema), "rows": [list(row) for row in zip(*columns, strict=True)]}


def rejected_table(rejected: Any) -> dict[str, Any]:
    """Rows of the quarantine's columns as a table of the columns that the rows themselves have."""
    rows = rejected.to_pylist()
    records = [_record(row["row"]) for row in rows]
    names = list(dict.fromkeys(name for record in records for name in record))
    return {
        "columns": [{"name": name} for name in names],
        "rows": [
            {
                "step": row["step"],
                "step_name": row["step_name"],
                "rules": [rule["id"] for rule in row["rules"]],
                "messages": [rule["message"] for rule in row["rules"]],
                "values": [record.get(name) for name in names],
            }
            for row, record in zip(rows, records, strict=True)
        ],
    }


def _record(text: str | None) -> dict[str, Any]:
    """A row that could not be parsed has its text for its only column."""
    try:
        values = json.loads(text or "")
    except ValueError:
        values = None
    return values if isinstance(values, dict) else {"(as read)": text}

"""Headwater's part: an ordinary project file with two processors that judge and one that protects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.quality_chain.data import COLUMNS, CURRENCIES, FIRST_MOMENT, STATES

KEY = "a key of the benchmark"
Document = dict[str, Any]

RULES: list[Document] = [
    {"rule": "not_null", "column": "email"},
    {"rule": "email", "column": "email"},
    {"rule": "regex", "column": "phone", "pattern": r"\+[0-9]{2} [0-9]{9}"},
    {"rule": "length", "column": "full_name", "min": 1, "max": 80},
    {"rule": "range", "column": "amount", "min": 0},
    {"rule": "in", "column": "currency", "values": list(CURRENCIES)},
    {"rule": "in", "column": "status", "values": list(STATES)},
    {"rule": "range", "column": "discount", "min": 0, "max": 1},
    {"rule": "range", "column": "created_at", "min": FIRST_MOMENT},
    {"rule": "expression", "condition": "updated_at >= created_at", "name": "order_of_times"},
]
TYPES: Document = {
    "id": {"type": "int64", "nullable": False},
    "customer_id": {"type": "int32", "nullable": False},
    "amount": {"type": "decimal(12,2)", "nullable": False},
    "created_at": {"type": "timestamptz", "nullable": False},
    "updated_at": {"type": "timestamptz", "nullable": False},
    "is_gift": "bool",
    "discount": "float64",
}


def write(folder: Path, csv: Path, out: Path, *, unique: bool = False, destination: Document | None = None) -> Path:
    """The project file for a run of this CSV file into the folder `out`."""
    schema: Document = {"columns": TYPES}
    if unique:
        schema["primary_key"] = ["id"]
    protect = {
        "key": KEY,
        "columns": {"email": "hash", "phone": {"method": "mask", "keep_first": 3, "keep_last": 2}},
    }
    pipeline: Document = {
        "sources": [
            {
                "type": "files",
                "config": {"url": str(csv), "columns": dict.fromkeys(COLUMNS, "string")},
                "streams": [{"name": "*"}],
            }
        ],
        "processors": [
            {"type": "schema", "config": schema},
            {"type": "quality", "config": {"rules": RULES}},
            {"type": "anonymize", "config": protect},
        ],
        "destinations": [
            {
                **(destination or {"type": "files", "config": {"url": str(out), "format": "parquet"}}),
                "table": "orders",
                "write": "replace",
            }
        ],
    }
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "headwater.yaml"
    # YAML reads JSON.
    file.write_text(json.dumps({"version": 1, "pipelines": {"bench": pipeline}}, indent=1), encoding="utf-8")
    return file

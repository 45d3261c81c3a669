"""The same work in dlt, row by row, as its documents do it: a function on each row, two resources, Parquet files.

dlt_job.py CSV OUT
"""

# pyright: basic, reportMissingImports=false, reportAttributeAccessIssue=false

from __future__ import annotations

import csv
import hmac
import json
import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

OUT = sys.argv[2]
# dlt reads its settings when it is imported.
os.environ.update(
    {
        "DLT_DATA_DIR": f"{OUT}/dlt",
        "RUNTIME__LOG_LEVEL": "ERROR",
        "RUNTIME__DLTHUB_TELEMETRY": "false",
        "DATA_WRITER__BUFFER_MAX_ITEMS": "100000",
        "DESTINATION__FILESYSTEM__BUCKET_URL": f"file://{OUT}/files",
        "NORMALIZE__DATA_WRITER__COMPRESSION": "zstd",
    }
)

import dlt  # noqa: E402

KEY = b"a key of the benchmark"
EMAIL, PHONE = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"), re.compile(r"\+[0-9]{2} [0-9]{9}")
CURRENCIES = {"EUR", "USD", "GBP", "JPY", "CHF", "SEK"}
STATES = {"new", "paid", "shipped", "delivered", "returned", "cancelled"}
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
BOOLS = {"true": True, "false": False}
TYPES: list[tuple[str, Any]] = [
    ("id", int),
    ("customer_id", int),
    ("amount", Decimal),
    ("created_at", datetime.fromisoformat),
    ("updated_at", datetime.fromisoformat),
    ("is_gift", BOOLS.__getitem__),
    ("discount", float),
]


def judged(row: dict[str, Any]) -> list[str]:
    """Casts the row in place, and tells what is wrong with it."""
    why: list[str] = []
    for name, kind in TYPES:
        text = row[name]
        try:
            row[name] = kind(text) if text else None
        except (ValueError, KeyError, InvalidOperation):
            why.append(name)
        else:
            if row[name] is None and name not in ("is_gift", "discount"):
                why.append(f"{name} is empty")
    if why:
        return why
    tests = (
        ("email", EMAIL.fullmatch(row["email"] or "")),
        ("phone", PHONE.fullmatch(row["phone"] or "")),
        ("full_name", 1 <= len(row["full_name"]) <= 80),
        ("amount is negative", row["amount"] >= 0),
        ("currency", row["currency"] in CURRENCIES),
        ("status", row["status"] in STATES),
        ("discount is out of range", row["discount"] is None or 0 <= row["discount"] <= 1),
        ("created_at is too early", row["created_at"] >= EARLIEST),
        ("order of times", row["updated_at"] >= row["created_at"]),
    )
    return [name for name, holds in tests if not holds]


@dlt.source
def orders(path: str) -> Any:
    @dlt.resource(name="rows", write_disposition="replace", table_name=lambda row: "bad" if "why" in row else "clean")
    def rows() -> Iterator[list[Any]]:
        with open(path, newline="", encoding="utf-8") as file:
            held: list[Any] = []
            for row in csv.DictReader(file):
                raw = dict(row)
                why = judged(row)
                hashed = hmac.digest(KEY, (raw["email"] or "").encode(), "sha256").hex()
                if why:
                    raw["email"] = hashed
                    held.append({"why": ", ".join(why), "raw": json.dumps(raw)})
                else:
                    row["email"], row["phone"] = hashed, f"{row['phone'][:3]}********{row['phone'][-2:]}"
                    held.append(row)
                if len(held) == 20_000:
                    yield held
                    held = []
            yield held

    return rows


if __name__ == "__main__":
    pipeline = dlt.pipeline("quality_chain", destination="filesystem", dataset_name="bench")
    pipeline.run(orders(sys.argv[1]), loader_file_format="parquet")

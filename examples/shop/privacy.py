"""What the demo's customers should look like once they are hidden, and everywhere that a clear value could have got to.

The tokens are made here by Python's own HMAC, not by Headwater: whoever has the key can make them, and nobody else.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
from make_data import CUSTOMERS

SHOWN = "SELECT customer_id, name, email, phone, birth_date, postcode, country FROM customers ORDER BY customer_id"
Shown = tuple[int, str, str, str, date, str, str]


def hidden_customers(export: Path, key: Path) -> list[Shown]:
    """The good customers as the warehouse should show them, in the order of `SHOWN`."""
    return [_hidden(customer, key.read_bytes()) for customer in _read(export)[:CUSTOMERS]]


def clear_values(export: Path) -> set[str]:
    """Addresses and phone numbers of all customers, the bad ones too, in small letters."""
    return {customer[name].strip().lower() for customer in _read(export) for name in ("email", "phone")}


def everything_stored(warehouse: Path, home: Path) -> list[str]:
    """Every value of every table, every rejected row, and every other file beneath `home`, in small letters."""
    texts = [*_tables(warehouse)]
    for file in home.rglob("*"):
        if file.suffix == ".parquet":
            texts += [str(row) for row in pq.read_table(file).to_pylist()]
        elif file.is_file():
            texts.append(file.read_bytes().decode("utf-8", errors="replace"))
    return [text.lower() for text in texts]


def _tables(warehouse: Path) -> Iterator[str]:
    with duckdb.connect(warehouse, read_only=True) as connection:
        tables = connection.execute("SELECT table_schema, table_name FROM information_schema.tables").fetchall()
        for schema, table in tables:
            for row in connection.execute(f'SELECT * FROM "{schema}"."{table}"').fetchall():
                yield from (str(value) for value in row if value is not None)


def _read(export: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in export.read_text(encoding="utf-8").splitlines()]


def _hidden(customer: dict[str, str], key: bytes) -> Shown:
    name, phone = customer["name"], customer["phone"]
    return (
        int(customer["customer_id"]),
        name[0] + "*" * (len(name) - 1),
        hmac.digest(key, customer["email"].strip().lower().encode(), "sha256").hex(),
        "*" * (len(phone) - 2) + phone[-2:],
        date(int(customer["birth_date"][:3]) * 10, 1, 1),
        customer["postcode"][:2],
        customer["country"],
    )

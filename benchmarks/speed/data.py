"""The rows: orders, made by DuckDB from their numbers alone, so the same everywhere.

Half of what a row takes is text, one column in three may be NULL, some texts hold quotes, commas and other scripts.
About 150 bytes for each row as CSV, 300 as JSON.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import duckdb
from benchmarks.speed.places import DATA

COLUMNS = {
    "id": "BIGINT",
    "customer_id": "INTEGER",
    "email": "VARCHAR",
    "phone": "VARCHAR",
    "full_name": "VARCHAR",
    "amount": "DECIMAL(12,2)",
    "currency": "VARCHAR",
    "created_at": "TIMESTAMPTZ",
    "updated_at": "TIMESTAMPTZ",
    "status": "VARCHAR",
    "note": "VARCHAR",
    "is_gift": "BOOLEAN",
    "discount": "DOUBLE",
}

_DOMAINS = ["example.com", "mail.example.org", "corp.example.net", "shop.example.de", "example.co.uk"]
_FIRST = [
    "Ada",
    "Ben",
    "Chloe",
    "Dmitri",
    "Elena",
    "Farid",
    "Grace",
    "Hugo",
    "Inés",
    "Jonas",
    "Mei",
    "Noor",
    "Søren",
    "Zoë",
]
_LAST = [
    "Almeida",
    "Brown",
    "Dubois",
    "Eriksson",
    "García",
    "Jensen",
    "Lindqvist",
    "Müller",
    "Nakamura",
    "O'Neill",
    "Weber",
]
_CURRENCIES = ["EUR", "USD", "GBP", "JPY", "CHF", "SEK"]
_STATES = ["new", "paid", "shipped", "delivered", "returned", "cancelled"]
_NOTES = [
    "leave at the door",
    'ring twice, "side gate"',
    "gift wrap, please",
    "call before 18:00",
    "fragile – écran",
    "invoice to HQ, cost centre 4711, attn. accounting",
    "ok",
]

# What must be the same at the destination: the number of rows, and sums over columns of every kind.
CHECKS = {
    "rows": "count(*)",
    # Sling makes whole numbers decimals.
    "id": "sum(CAST(id AS BIGINT))",
    "customer_id": "sum(CAST(customer_id AS BIGINT))",
    "email": "sum(length(email))",
    "full_name": "sum(length(full_name))",
    # ConnectorX makes every decimal one of ten digits after the point: the value counts here.
    "amount": "CAST(sum(CAST(amount AS DECIMAL(18,2))) AS VARCHAR)",
    "created_at": "sum(CAST(extract(epoch FROM created_at) AS BIGINT))",
    "updated_at": "sum(CAST(extract(epoch FROM updated_at) AS BIGINT))",
    "notes": "count(note)",
    "note": "sum(length(note))",
    "gifts": "sum(CASE WHEN is_gift THEN 1 ELSE 0 END)",
    "discounts": "count(discount)",
}


@dataclass(frozen=True, slots=True)
class DataSet:
    """The files of one size. `changes` are a twentieth of the rows: four in five changed, one in five new."""

    rows: int

    @property
    def json_rows(self) -> int:
        return max(1, self.rows // 2)

    @property
    def change_rows(self) -> int:
        return max(2, self.rows // 20)

    def path(self, kind: str) -> Path:
        return DATA / f"orders_{self.rows}{kind}"

    @property
    def parquet(self) -> Path:
        return self.path(".parquet")

    @property
    def csv(self) -> Path:
        return self.path(".csv")

    @property
    def jsonl(self) -> Path:
        return self.path("_half.jsonl")

    @property
    def changes(self) -> Path:
        return self.path("_changes.parquet")

    @property
    def sums(self) -> dict[str, dict[str, str]]:
        """What each destination must hold: `orders`, `half` and `merged`."""
        return json.loads(self.path("_sums.json").read_text(encoding="utf-8"))


def make(rows: int) -> DataSet:
    """The files of this size; made when they are not there."""
    data = DataSet(rows)
    if not data.path("_sums.json").exists():
        with duckdb.connect(config={"memory_limit": "4GB", "temp_directory": str(DATA)}) as connection:
            connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
            _write(connection, data)
    return data


def _write(connection: duckdb.DuckDBPyConnection, data: DataSet) -> None:
    parquet = "(FORMAT parquet, COMPRESSION zstd)"
    orders, changes = f"'{data.parquet}'", f"'{data.changes}'"
    new = max(1, data.change_rows // 5)
    every = data.rows // max(1, data.change_rows - new)
    connection.execute(f"COPY ({_orders(1, data.rows)}) TO {orders} {parquet}")
    connection.execute(f"COPY (FROM {orders}) TO '{data.csv}' (HEADER)")
    connection.execute(f"COPY (FROM {orders} LIMIT {data.json_rows}) TO '{data.jsonl}' (FORMAT json)")
    connection.execute(
        "COPY (SELECT * REPLACE (CAST(amount + 1 AS DECIMAL(12,2)) AS amount, 'returned' AS status,"
        f" updated_at + INTERVAL 90 DAY AS updated_at) FROM {orders} WHERE id % {every} = 0"
        f" UNION ALL {_orders(data.rows + 1, new)}) TO {changes} {parquet}"
    )
    merged = f"(SELECT * FROM {orders} ANTI JOIN {changes} USING (id) UNION ALL FROM {changes})"
    half = f"(FROM {orders} LIMIT {data.json_rows})"
    sums = {name: sums_of(connection, rows) for name, rows in (("orders", orders), ("half", half), ("merged", merged))}
    data.path("_sums.json").write_text(json.dumps(sums, indent=1), encoding="utf-8")


def sums_of(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    cells = ", ".join(f"CAST({check} AS VARCHAR) AS {name}" for name, check in CHECKS.items())
    row = connection.execute(f"SELECT {cells} FROM {relation}").fetchone() or ()
    return dict(zip(CHECKS, row, strict=True))


def _list(texts: list[str]) -> str:
    return "[" + ", ".join("'" + text.replace("'", "''") + "'" for text in texts) + "]"


def _pick(texts: list[str], number: int) -> str:
    return f"{_list(texts)}[1 + {_draw(number, len(texts))}]"


def _draw(number: int, below: int) -> str:
    """A number below `below` for this row; `number` tells the draws apart. Splitmix64's mixing is DuckDB's `hash`."""
    return f"CAST(hash(id, {number}) % {below} AS BIGINT)"


def _orders(first: int, count: int) -> str:
    return f"""
    SELECT id, CAST(1 + {_draw(1, 2_000_000)} AS INTEGER) AS customer_id,
      'user' || ((1 + {_draw(1, 2_000_000)}) * 7919 % 2000003) || '@' || {_pick(_DOMAINS, 2)} AS email,
      '+' || (10 + {_draw(3, 80)}) || ' ' || lpad(CAST({_draw(4, 1_000_000_000)} AS VARCHAR), 9, '0') AS phone,
      {_pick(_FIRST, 5)} || ' ' || {_pick(_LAST, 6)} AS full_name,
      CAST(CAST(1 + {_draw(7, 999_999)} AS DECIMAL(12,0)) / 100 AS DECIMAL(12,2)) AS amount,
      {_pick(_CURRENCIES, 8)} AS currency,
      to_timestamp(1672531200 + {_draw(9, 63_072_000)}) AS created_at,
      to_timestamp(1672531200 + {_draw(9, 63_072_000)} + {_draw(10, 2_592_000)}) AS updated_at,
      {_pick(_STATES, 11)} AS status,
      CASE WHEN {_draw(12, 100)} < 30 THEN {_pick(_NOTES, 13)} END AS note,
      {_draw(14, 10)} = 0 AS is_gift,
      CASE WHEN {_draw(15, 100)} < 80 THEN {_draw(16, 1000)} / 1000.0 END AS discount
    FROM range({first}, {first + count}) AS numbers(id)
    """

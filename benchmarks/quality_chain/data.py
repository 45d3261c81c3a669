"""Dirty orders as CSV: one row in about a hundred breaks something. Made of row numbers alone, so alike everywhere."""

from __future__ import annotations

from pathlib import Path

import duckdb
from benchmarks.speed.places import DATA

COLUMNS = (
    "id", "customer_id", "email", "phone", "full_name", "amount", "currency", "created_at", "updated_at", "status",
    "note", "is_gift", "discount",
)  # fmt: skip
CURRENCIES = ("EUR", "USD", "GBP", "JPY", "CHF", "SEK")
STATES = ("new", "paid", "shipped", "delivered", "returned", "cancelled")
FIRST_MOMENT = "2000-01-01"

_NAMES = ("Ada Almeida", "Ben O''Neill", "Chloe Dubois", "Inés García", "Søren Jensen", "Mei Nakamura", "Zoë Müller")
_NOTES = ("leave at the door", 'ring twice, "side gate"', "fragile – écran", "call before 18:00", "ok")
_DOMAINS = ("example.com", "mail.example.org", "corp.example.net", "example.co.uk")


def make(rows: int) -> Path:
    """The file of this size; made when it is not there."""
    path = DATA / f"dirty_{rows}.csv"
    if not path.exists():
        DATA.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        with duckdb.connect(config={"memory_limit": "2GB"}) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute(f"COPY ({_dirty(rows)}) TO '{fresh}' (HEADER)")
        fresh.rename(path)
    return path


def _draw(number: int, below: int) -> str:
    return f"CAST(hash(n, {number}) % {below} AS BIGINT)"


def _pick(texts: tuple[str, ...], number: int) -> str:
    listed = ", ".join(f"'{text}'" for text in texts)
    return f"[{listed}][1 + {_draw(number, len(texts))}]"


def _dirty(rows: int) -> str:
    """`k` says what is wrong with a row: nothing below 990 of a thousand."""
    return f"""
    SELECT
      CASE WHEN k = 990 THEN 'n/a' WHEN k = 991 THEN CAST(n - 1 AS VARCHAR) ELSE CAST(n AS VARCHAR) END AS id,
      CASE WHEN k <> 992 THEN 1 + {_draw(1, 2_000_000)} END AS customer_id,
      CASE WHEN k = 993 THEN 'user at example'
        ELSE 'user' || {_draw(1, 2_000_000)} || '@' || {_pick(_DOMAINS, 2)} END AS email,
      '+' || (10 + {_draw(3, 80)}) || ' ' || lpad(CAST({_draw(4, 1_000_000_000)} AS VARCHAR), 9, '0') AS phone,
      {_pick(_NAMES, 5)} AS full_name,
      CASE WHEN k = 994 THEN '-' WHEN k = 995 THEN 'n/a' ELSE '' END
        || CAST(CAST(1 + {_draw(7, 999_999)} AS DECIMAL(12,0)) / 100 AS DECIMAL(12,2)) AS amount,
      CASE WHEN k = 996 THEN 'XXX' ELSE {_pick(CURRENCIES, 8)} END AS currency,
      strftime(to_timestamp(1672531200 + {_draw(9, 63_072_000)}), '%Y-%m-%d %H:%M:%S+00') AS created_at,
      strftime(to_timestamp(1672531200 + {_draw(9, 63_072_000)} + {_draw(10, 2_592_000)}
        - CASE WHEN k = 997 THEN 9_000_000 ELSE 0 END), '%Y-%m-%d %H:%M:%S+00') AS updated_at,
      CASE WHEN k = 998 THEN 'lost' ELSE {_pick(STATES, 11)} END AS status,
      CASE WHEN {_draw(12, 100)} < 30 THEN {_pick(_NOTES, 13)} END AS note,
      {_draw(14, 10)} = 0 AS is_gift,
      CASE WHEN k = 999 THEN 1.5 WHEN {_draw(15, 100)} < 80 THEN {_draw(16, 1000)} / 1000.0 END AS discount
    FROM (SELECT n, {_draw(17, 1000)} AS k FROM range(1, {rows + 1}) AS numbers(n))
    """

"""The floor: the same work as one hand-written query of bare DuckDB, parted by a tee on its Arrow stream.

    python -m benchmarks.quality_chain.floor CSV OUT [unique] [lax]

A text is cast when it is exactly a value of the type, as Headwater does it; `lax` leaves that to DuckDB's TRY_CAST,
which also takes 1.5 for the integer 2. Writes `clean.parquet` and `bad.parquet`; a bad row has all the reasons why, and
itself as JSON with the e-mail hashed.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from benchmarks.quality_chain.data import COLUMNS, CURRENCIES, FIRST_MOMENT, STATES
from benchmarks.quality_chain.project import KEY

GROUP_ROWS, BATCH_ROWS = 122_880, 131_072
EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"


def main(csv: str, out: str, *, unique: bool = False, lax: bool = False) -> None:
    with duckdb.connect(config={"memory_limit": "2GB"}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET preserve_insertion_order = false")
        # DuckDB 2.0 makes a hard cast of a TRY_CAST over a CSV file otherwise.
        connection.execute("SET disabled_optimizers = 'type_pushdown'")
        tee(connection.sql(query(csv, unique=unique, lax=lax)).to_arrow_reader(BATCH_ROWS), Path(out))


def tee(reader: pa.RecordBatchReader, out: Path) -> None:
    names = [name for name in reader.schema.names if name not in ("why", "raw")]
    clean = pa.schema([reader.schema.field(name) for name in names])
    bad = pa.schema([reader.schema.field(name) for name in ("why", "raw")])
    held: list[pa.RecordBatch] = []
    rows = 0
    with (
        pq.ParquetWriter(out / "clean.parquet", clean, compression="zstd") as good_file,
        pq.ParquetWriter(out / "bad.parquet", bad, compression="zstd") as bad_file,
    ):
        for whole in reader:
            batch = whole
            why = batch.column("why")
            if why.null_count < batch.num_rows:
                bad_file.write_batch(batch.filter(pc.is_valid(why)).select(bad.names))
                batch = batch.filter(pc.is_null(why))
            held.append(batch.select(names))
            rows += batch.num_rows
            if rows >= GROUP_ROWS:
                good_file.write_table(pa.Table.from_batches(held))
                held, rows = [], 0
        if held:
            good_file.write_table(pa.Table.from_batches(held))


def query(csv: str, *, unique: bool = False, lax: bool = False) -> str:
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in COLUMNS)
    scan = (
        f"read_csv('{csv}', header = true, auto_detect = false, columns = {{{columns}}}, quote = '\"', escape = '\"')"
    )
    reasons = [
        ("id", "i IS NULL"),
        ("customer_id", "cu IS NULL"),
        ("amount", "am IS NULL"),
        ("created_at", "ca IS NULL"),
        ("updated_at", "ua IS NULL"),
        ("is_gift", "is_gift IS NOT NULL AND gi IS NULL"),
        ("discount", "discount IS NOT NULL AND di IS NULL"),
        ("email is empty", "email IS NULL"),
        ("email", f"NOT regexp_full_match(email, '{EMAIL}')"),
        ("phone", r"NOT regexp_full_match(phone, '\+[0-9]{2} [0-9]{9}')"),
        ("full_name", "length(full_name) NOT BETWEEN 1 AND 80"),
        ("amount is negative", "am < 0"),
        ("currency", f"currency NOT IN {CURRENCIES}"),
        ("status", f"status NOT IN {STATES}"),
        ("discount is out of range", "di NOT BETWEEN 0 AND 1"),
        ("created_at is too early", f"ca < '{FIRST_MOMENT}'"),
        ("order of times", "ua < ca"),
    ]
    if unique:
        reasons.append(("id is not unique", f"i IN ({_twice(scan)})"))
    listed = ", ".join(f"CASE WHEN {condition} THEN '{reason}' END" for reason, condition in reasons)
    shown = ", ".join(f"'{name}': {_hashed() if name == 'email' else 'r.' + name}" for name in COLUMNS)
    return f"""
    SELECT i AS id, cu AS customer_id, CASE WHEN len(failed) = 0 THEN {_hashed()} END AS email,
      phone[:3] || '********' || phone[-2:] AS phone, full_name, am AS amount, currency, ca AS created_at,
      ua AS updated_at, status, note, gi AS is_gift, di AS discount,
      CASE WHEN len(failed) > 0 THEN failed END AS why,
      CASE WHEN len(failed) > 0 THEN CAST(to_json({{{shown}}}) AS VARCHAR) END AS raw
    FROM (
      SELECT *, list_filter([{listed}], lambda x: x IS NOT NULL) AS failed FROM (
        SELECT *, {", ".join(_cast(*item, lax=lax) for item in _CASTS)}
        FROM {scan})) AS r"""


_INTEGER, _MOMENT = (
    "[+-]?[0-9]+",
    "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](Z|[+-][0-9]{2}(:?[0-9]{2})?)",
)
_CASTS = (
    ("i", "id", "BIGINT", _INTEGER),
    ("cu", "customer_id", "INTEGER", _INTEGER),
    ("am", "amount", "DECIMAL(12,2)", "[+-]?[0-9]{1,10}([.][0-9]{0,2}0*)?"),
    ("ca", "created_at", "TIMESTAMPTZ", _MOMENT),
    ("ua", "updated_at", "TIMESTAMPTZ", _MOMENT),
    ("gi", "is_gift", "BOOLEAN", None),
    ("di", "discount", "DOUBLE", "[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?"),
)


def _cast(name: str, column: str, kind: str, pattern: str | None, *, lax: bool) -> str:
    cast = f"TRY_CAST({column} AS {kind})"
    if lax or pattern is None:
        return f"{cast} AS {name}"
    return f"CASE WHEN regexp_full_match({column}, '{pattern}') THEN {cast} END AS {name}"


def _twice(scan: str) -> str:
    return f"SELECT TRY_CAST(id AS BIGINT) FROM {scan} GROUP BY 1 HAVING count(*) > 1"


def _hashed() -> str:
    """RFC 2104 in SQL."""
    key = KEY.encode().ljust(64, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in key).hex() for pad in (0x36, 0x5C))
    return f"sha256(unhex('{outer}') || unhex(sha256(unhex('{inner}') || encode(email))))"


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], unique="unique" in sys.argv[3:], lax="lax" in sys.argv[3:])

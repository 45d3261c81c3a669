"""The same work in PySpark on this machine's two cores: clean rows and bad rows are two writes, so two scans.

spark_job.py CSV OUT
"""

# pyright: basic, reportMissingImports=false, reportAttributeAccessIssue=false

from __future__ import annotations

import sys

from pyspark.sql import SparkSession

COLUMNS = (
    "id", "customer_id", "email", "phone", "full_name", "amount", "currency", "created_at", "updated_at", "status",
    "note", "is_gift", "discount",
)  # fmt: skip
KEY = "a key of the benchmark"


def main(csv: str, out: str) -> None:
    builder = SparkSession.builder.master("local[2]").config("spark.driver.memory", "4g")
    settings = {"spark.ui.enabled": "false", "spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "true"}
    for name, value in {**settings, "spark.sql.parquet.compression.codec": "zstd"}.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    schema = ", ".join(f"{name} string" for name in COLUMNS)
    rows = spark.read.csv(csv, schema=schema, header=True, quote='"', escape='"')
    rows.createOrReplaceTempView("rows")
    judged = spark.sql(_query())
    judged.filter("size(why) = 0").drop("why", "raw").write.mode("overwrite").parquet(f"{out}/clean")
    judged.filter("size(why) > 0").select("why", "raw").write.mode("overwrite").parquet(f"{out}/bad")
    spark.stop()


def _query() -> str:
    key = KEY.encode().ljust(64, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in key).hex() for pad in (0x36, 0x5C))
    hashed = f"sha2(concat(unhex('{outer}'), unhex(sha2(concat(unhex('{inner}'), encode(email, 'UTF-8')), 256))), 256)"
    whole, moment = (
        r"\\A[+-]?[0-9]+\\z",
        r"\\A[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9:]+)\\z",
    )
    reasons = {
        "id": "i IS NULL",
        "customer_id": "cu IS NULL",
        "amount": "am IS NULL",
        "created_at": "ca IS NULL",
        "updated_at": "ua IS NULL",
        "is_gift": "is_gift IS NOT NULL AND gi IS NULL",
        "discount": "discount IS NOT NULL AND di IS NULL",
        "email is empty": "email IS NULL",
        "email": r"NOT email RLIKE '\\A[^@\\s]+@[^@\\s]+\\.[^@\\s]+\\z'",
        "phone": r"NOT phone RLIKE '\\A\\+[0-9]{2} [0-9]{9}\\z'",
        "full_name": "length(full_name) NOT BETWEEN 1 AND 80",
        "amount is negative": "am < 0",
        "currency": "currency NOT IN ('EUR', 'USD', 'GBP', 'JPY', 'CHF', 'SEK')",
        "status": "status NOT IN ('new', 'paid', 'shipped', 'delivered', 'returned', 'cancelled')",
        "discount is out of range": "di NOT BETWEEN 0 AND 1",
        "created_at is too early": "ca < TIMESTAMP '2000-01-01 00:00:00'",
        "order of times": "ua < ca",
    }
    listed = ", ".join(f"CASE WHEN {condition} THEN '{reason}' END" for reason, condition in reasons.items())
    shown = ", ".join(f"'{name}', {hashed if name == 'email' else name}" for name in COLUMNS)
    return f"""
    SELECT i AS id, cu AS customer_id, {hashed} AS email, concat(left(phone, 3), '********', right(phone, 2)) AS phone,
      full_name, am AS amount, currency, ca AS created_at, ua AS updated_at, status, note, gi AS is_gift,
      di AS discount, why, to_json(named_struct({shown})) AS raw
    FROM (
      SELECT *, filter(array({listed}), x -> x IS NOT NULL) AS why FROM (
        SELECT *, CASE WHEN id RLIKE '{whole}' THEN TRY_CAST(id AS BIGINT) END AS i,
          CASE WHEN customer_id RLIKE '{whole}' THEN TRY_CAST(customer_id AS INT) END AS cu,
          TRY_CAST(amount AS DECIMAL(12,2)) AS am,
          CASE WHEN created_at RLIKE '{moment}' THEN TRY_CAST(created_at AS TIMESTAMP) END AS ca,
          CASE WHEN updated_at RLIKE '{moment}' THEN TRY_CAST(updated_at AS TIMESTAMP) END AS ua,
          TRY_CAST(is_gift AS BOOLEAN) AS gi, TRY_CAST(discount AS DOUBLE) AS di
        FROM rows))"""


if __name__ == "__main__":
    main(*sys.argv[1:3])

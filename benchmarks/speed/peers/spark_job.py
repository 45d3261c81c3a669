"""PySpark on both cores of this machine, with PostgreSQL's JDBC driver.

spark_job.py csv FILE | parquet FOLDER | copy | json FILE FOLDER | json-postgres FILE
"""

# pyright: basic, reportMissingImports=false, reportAttributeAccessIssue=false

from __future__ import annotations

import os
import sys
from typing import Any
from urllib.parse import urlsplit

from pyspark.sql import SparkSession

JDBC = "org.postgresql:postgresql:42.7.8"
DRIVER = "org.postgresql.Driver"
SCHEMA = (
    "id bigint, customer_id int, email string, phone string, full_name string, amount decimal(12,2), currency string,"
    " created_at timestamp, updated_at timestamp, status string, note string, is_gift boolean, discount double"
)
FORMAT = "yyyy-MM-dd HH:mm:ssX"


def session() -> SparkSession:
    settings = {
        "spark.jars.packages": JDBC,
        "spark.driver.memory": "4g",
        "spark.ui.enabled": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.driver.extraJavaOptions": "-Duser.timezone=UTC",
        "spark.sql.shuffle.partitions": "4",
    }
    builder = SparkSession.builder.master("local[2]")
    for key, value in settings.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def url() -> str:
    parts = urlsplit(os.environ["BENCH_URL"])
    login = f"user={parts.username}&password={parts.password}&reWriteBatchedInserts=true"
    return f"jdbc:postgresql://{parts.hostname}:{parts.port}{parts.path}?{login}"


def source(spark: SparkSession) -> Any:
    highest = (
        spark.read.format("jdbc")
        .option("url", url())
        .option("driver", DRIVER)
        .option("query", "SELECT max(id) AS m FROM bench_source")
    )
    (last,) = highest.load().first() or (1,)
    reader = (
        spark.read.format("jdbc")
        .option("url", url())
        .option("driver", DRIVER)
        .option("dbtable", "bench_source")
        .option("fetchsize", 20_000)
    )
    ranges = {"partitionColumn": "id", "lowerBound": 1, "upperBound": int(last), "numPartitions": 4}
    return reader.options(**ranges).load()


def to_postgres(rows: Any) -> None:
    options = {"url": url(), "dbtable": "bench_target", "batchsize": 10_000, "numPartitions": 2, "driver": DRIVER}
    rows.write.format("jdbc").options(**options).mode("overwrite").save()


def to_parquet(rows: Any, folder: str) -> None:
    rows.write.option("compression", "zstd").mode("overwrite").parquet(folder)


def main(job: str, *given: str) -> None:
    spark = session()
    match job:
        case "warm":
            spark.range(1).count()
        case "csv":
            to_postgres(
                spark.read.csv(given[0], header=True, schema=SCHEMA, quote='"', escape='"', timestampFormat=FORMAT)
            )
        case "parquet":
            to_parquet(source(spark), given[0])
        case "copy":
            to_postgres(source(spark))
        case "json":
            to_parquet(spark.read.json(given[0], schema=SCHEMA, timestampFormat=FORMAT), given[1])
        case "json-postgres":
            to_postgres(spark.read.json(given[0], schema=SCHEMA, timestampFormat=FORMAT))
        case _:
            raise SystemExit(f"no job {job!r}")
    spark.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])

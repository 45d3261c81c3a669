"""dlt with its fastest settings: Arrow items, ConnectorX to read, ADBC and Parquet to load, two workers.

dlt_job.py csv FILE | parquet FOLDER | copy | base FILE | merge FILE | json FILE FOLDER
"""

# pyright: basic, reportMissingImports=false, reportAttributeAccessIssue=false

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

WORK = tempfile.mkdtemp(prefix="dlt-", dir=os.environ["BENCH_OUT"])
# dlt reads its settings when it is imported.
os.environ.update(
    {
        "DLT_DATA_DIR": WORK,
        "RUNTIME__LOG_LEVEL": "ERROR",
        "RUNTIME__DLTHUB_TELEMETRY": "false",
        "EXTRACT__WORKERS": "2",
        "NORMALIZE__WORKERS": "1",
        "LOAD__WORKERS": "2",
        "DATA_WRITER__BUFFER_MAX_ITEMS": "100000",
        "DATA_WRITER__FILE_MAX_ITEMS": "1000000",
        "DATA_WRITER__DISABLE_COMPRESSION": "true",
        "DATA_WRITER__COMPRESSION": "zstd",
        "NORMALIZE__DATA_WRITER__COMPRESSION": "zstd",
    }
)

import dlt  # noqa: E402
import pyarrow as pa  # noqa: E402
import pyarrow.csv as pc  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
from dlt.sources.sql_database import sql_table  # noqa: E402

URL = os.environ["BENCH_URL"]
SCHEMA = "bench_dlt"
ROWS = 200_000
TYPES = pa.schema(
    [
        ("id", pa.int64()),
        ("customer_id", pa.int32()),
        ("email", pa.string()),
        ("phone", pa.string()),
        ("full_name", pa.string()),
        ("amount", pa.decimal128(12, 2)),
        ("currency", pa.string()),
        ("created_at", pa.timestamp("us", "UTC")),
        ("updated_at", pa.timestamp("us", "UTC")),
        ("status", pa.string()),
        ("note", pa.string()),
        ("is_gift", pa.bool_()),
        ("discount", pa.float64()),
    ]
)


def tables_of_csv(path: str) -> Iterator[pa.Table]:
    options = pc.ConvertOptions(
        column_types=TYPES, strings_can_be_null=True, quoted_strings_can_be_null=False, timestamp_parsers=[pc.ISO8601]
    )
    reader = pc.open_csv(path, read_options=pc.ReadOptions(block_size=8 << 20), convert_options=options)
    held: list[pa.RecordBatch] = []
    for batch in reader:
        held.append(batch)
        if sum(item.num_rows for item in held) >= ROWS:
            yield pa.Table.from_batches(held)
            held = []
    if held:
        yield pa.Table.from_batches(held)


def tables_of_parquet(path: str) -> Iterator[pa.Table]:
    for batch in pq.ParquetFile(path).iter_batches(ROWS):
        yield pa.Table.from_batches([batch])


def rows_of_json(path: str) -> Iterator[list[dict[str, Any]]]:
    held: list[dict[str, Any]] = []
    with Path(path).open(encoding="utf-8") as lines:
        for line in lines:
            held.append(json.loads(line))
            if len(held) >= 20_000:
                yield held
                held = []
    yield held


def source_table() -> Any:
    table = sql_table(
        URL.replace("postgresql://", "postgresql+psycopg2://"),
        table="bench_source",
        backend="connectorx",
        backend_kwargs={"return_type": "arrow", "conn": URL},
        reflection_level="full_with_precision",
    )
    return table.with_name("bench_target")


def pipeline(destination: Any) -> Any:
    return dlt.pipeline("bench", destination=destination, dataset_name=SCHEMA, pipelines_dir=f"{WORK}/pipelines")


def to_postgres(rows: Any, write: Any = "replace", **hints: Any) -> None:
    resource = dlt.resource(rows, name="bench_target", **hints)
    pipeline(dlt.destinations.postgres(URL)).run(resource, write_disposition=write, loader_file_format="parquet")


def to_parquet(resource: Any, folder: str) -> None:
    destination = dlt.destinations.filesystem(f"file://{folder}")
    pipeline(destination).run(resource, write_disposition="replace", loader_file_format="parquet")


def main(job: str, *given: str) -> None:
    match job:
        case "csv":
            to_postgres(tables_of_csv(given[0]))
        case "parquet":
            to_parquet(source_table(), given[0])
        case "copy":
            pipeline(dlt.destinations.postgres(URL)).run(
                source_table(), write_disposition="replace", loader_file_format="parquet"
            )
        case "base":
            to_postgres(tables_of_parquet(given[0]), primary_key="id")
        case "merge":
            merge = {"disposition": "merge", "strategy": "upsert"}
            to_postgres(tables_of_parquet(given[0]), merge, primary_key="id")
        case "json":
            to_parquet(dlt.resource(rows_of_json(given[0]), name="bench_target"), given[1])
        case _:
            raise SystemExit(f"no job {job!r}")


if __name__ == "__main__":
    main(*sys.argv[1:])

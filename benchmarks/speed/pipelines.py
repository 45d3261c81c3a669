"""Headwater's part of each job: an ordinary project file, run by the ordinary command."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.speed.data import COLUMNS
from benchmarks.speed.places import HEADWATER, OUT
from benchmarks.speed.tables import SOURCE, TARGET, Bench

Document = dict[str, Any]

_TYPES = {
    "BIGINT": "int64",
    "INTEGER": "int32",
    "VARCHAR": "string",
    "DECIMAL(12,2)": "decimal(12,2)",
    "TIMESTAMPTZ": "timestamptz",
    "BOOLEAN": "bool",
    "DOUBLE": "float64",
}
_PROTECT: Document = {
    "type": "anonymize",
    "config": {
        "key": "${env:BENCH_KEY}",
        "columns": {"email": "hash", "phone": {"method": "mask", "keep_first": 3, "keep_last": 2}},
    },
}


def environment(bench: Bench) -> Mapping[str, str]:
    return {"BENCH_URL": bench.server.url, "BENCH_KEY": "a key of the benchmark", "HEADWATER_HOME": str(OUT / "home")}


def csv_to_postgres(bench: Bench) -> list[str]:
    return _run(bench, _file(bench.data.csv), _postgres(), write="replace")


def postgres_to_parquet(bench: Bench) -> list[str]:
    return _run(bench, _postgres(), _folder(bench), stream=f"public.{SOURCE}", write="replace")


def postgres_to_postgres(bench: Bench) -> list[str]:
    return _run(bench, _postgres(), _postgres(), stream=f"public.{SOURCE}", write="replace")


def postgres_to_postgres_protected(bench: Bench) -> list[str]:
    return _run(bench, _postgres(), _postgres(), stream=f"public.{SOURCE}", write="replace", processors=[_PROTECT])


def changes_to_postgres(bench: Bench) -> list[str]:
    return _run(bench, _file(bench.data.changes), _postgres(), write="merge", key=["id"])


def json_to_parquet(bench: Bench) -> list[str]:
    return _run(bench, _file(bench.data.jsonl), _folder(bench), write="replace")


def json_to_postgres(bench: Bench) -> list[str]:
    return _run(bench, _file(bench.data.jsonl), _postgres(), write="replace")


def help_text(bench: Bench) -> list[str]:
    return [HEADWATER, "--help"]


def _file(path: Path) -> Document:
    config: Document = {"url": str(path)}
    if path.suffix != ".parquet":
        config["columns"] = {name: _TYPES[type] for name, type in COLUMNS.items()}
    return {"type": "files", "config": config}


def _folder(bench: Bench) -> Document:
    return {"type": "files", "config": {"url": str(bench.out)}}


def _postgres() -> Document:
    return {"type": "postgres", "config": {"dsn": "${env:BENCH_URL}"}}


def _run(
    bench: Bench,
    source: Document,
    destination: Document,
    *,
    write: str,
    stream: str = "*",
    key: list[str] | None = None,
    processors: list[Document] | None = None,
) -> list[str]:
    chosen: Document = {"name": stream}
    if key:
        chosen["primary_key"] = key
    pipeline: Document = {
        "sources": [{**source, "streams": [chosen]}],
        "processors": processors or [],
        "destinations": [{**destination, "write": write, "table": TARGET}],
    }
    project = OUT / "headwater.yaml"
    # YAML reads JSON.
    project.write_text(json.dumps({"version": 1, "pipelines": {"bench": pipeline}}, indent=1), encoding="utf-8")
    return [HEADWATER, "run", "bench", "--file", str(project), "--quiet"]

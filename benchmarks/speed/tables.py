"""What a run finds and must leave behind: source table, clean destination, and the check of what arrived."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
from benchmarks.speed.data import CHECKS, COLUMNS, DataSet, sums_of
from benchmarks.speed.places import OUT
from benchmarks.speed.server import Server

SOURCE, TARGET, BASE, CHANGES = "bench_source", "bench_target", "bench_base", "bench_changes"
# dlt writes to a schema of its own.
DLT_SCHEMA = "bench_dlt"

_TYPES = {"VARCHAR": "text", "DOUBLE": "double precision", "DECIMAL(12,2)": "numeric(12,2)"}
DDL = "(" + ", ".join(f"{name} {_TYPES.get(type, type.lower())}" for name, type in COLUMNS.items()) + ")"


class Wrong(Exception):
    """The destination does not hold what it must."""


@dataclass(frozen=True, slots=True)
class Bench:
    """One size of data and the server: what every contestant is given."""

    data: DataSet
    server: Server

    @property
    def out(self) -> Path:
        """Where files are written."""
        return OUT / "run"

    def clean(self) -> None:
        """No destination, nothing left to write to disk from what was before."""
        shutil.rmtree(OUT, ignore_errors=True)
        self.out.mkdir(parents=True)
        self.server.sql(f"DROP TABLE IF EXISTS {TARGET}, public._headwater_loads, public.bench_stage")
        for schema in (DLT_SCHEMA, f"{DLT_SCHEMA}_staging"):
            self.server.sql(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        self.server.sql("CHECKPOINT")

    def with_source(self) -> None:
        """The source table, as one that has been there for a while."""
        self._filled(SOURCE, self.data.csv, self.data.rows)
        self.clean()

    def with_base(self) -> None:
        """The destination holds all rows under a primary key; the changes are also there as a table."""
        self._filled(SOURCE, self.data.csv, self.data.rows)
        self.clean()
        self._changes()
        self._base(TARGET)

    def _base(self, table: str) -> None:
        self.server.sql(f"CREATE TABLE {table} {DDL}")
        self.server.sql(f"INSERT INTO {table} SELECT * FROM {SOURCE}")
        self.server.sql(f"ALTER TABLE {table} ADD PRIMARY KEY (id)")
        self.server.sql(f"VACUUM (FREEZE, ANALYZE) {table}")
        self.server.sql("CHECKPOINT")

    def _changes(self) -> None:
        if self._count(CHANGES) == self.data.change_rows:
            return
        csv = self.data.path("_changes.csv")
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute(f"COPY (FROM '{self.data.changes}') TO '{csv}' (HEADER)")
        self._filled(CHANGES, csv, self.data.change_rows)

    def _filled(self, table: str, csv: Path, rows: int) -> None:
        if self._count(table) == rows:
            return
        self.server.sql(f"DROP TABLE IF EXISTS {table}")
        self.server.sql(f"CREATE TABLE {table} {DDL}")
        self.server.sql(f"\\copy {table} from '{csv}' (format csv, header)")
        self.server.sql(f"VACUUM (FREEZE, ANALYZE) {table}")

    def _count(self, table: str) -> int:
        if not self.server.sql(f"SELECT to_regclass('{table}')"):
            return -1
        return int(self.server.sql(f"SELECT count(*) FROM {table}"))

    def check_table(self, table: str, what: str, *, hidden: tuple[str, ...] = ()) -> None:
        """`hidden` columns hold other texts than the source. Raises Wrong."""
        cells = ", ".join(f"({check.replace('VARCHAR', 'text')})::text" for check in CHECKS.values())
        values = self.server.sql(f"SELECT {cells} FROM (SELECT {_as_made()} FROM {table}) AS t").split("|")
        self._compare(dict(zip(CHECKS, values, strict=True)), what, hidden)

    def check_parquet(self, what: str) -> None:
        """All Parquet files below `out`. Raises Wrong."""
        files = [
            str(path)
            for path in self.out.rglob("*.parquet")
            # dlt's own tables.
            if not any(part.startswith("_dlt") for part in path.parts)
        ]
        if not files:
            raise Wrong("there is no file")
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            self._compare(sums_of(connection, f"read_parquet({files}, union_by_name = true)"), what)

    def _compare(self, found: dict[str, str], what: str, hidden: tuple[str, ...] = ()) -> None:
        wanted = {name: value for name, value in self.data.sums[what].items() if name not in hidden}
        unlike = [f"{name}: {found[name]}, not {wanted[name]}" for name in wanted if found[name] != wanted[name]]
        if unlike:
            raise Wrong("; ".join(unlike))


def _as_made() -> str:
    """The columns in the types they have in the files: some contestants choose others, or write '' for NULL."""
    cells: list[str] = []
    for column, type in COLUMNS.items():
        sql = _TYPES.get(type, type.lower())
        cells.append(f"nullif({column}::text, '')::{sql} AS {column}")
    return ", ".join(cells)

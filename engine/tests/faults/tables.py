"""What stands where, and what a reader may see: a table before a load, and after it, and nothing between."""

from __future__ import annotations

import csv
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import psycopg
from real.conftest import PostgresDatabase

from headwater.connectors.files.config import FilesConfig
from headwater.connectors.files.source import FilesSource
from headwater.sdk.errors import HeadwaterError
from headwater.sdk.stream import ReadRequest

ROWS = 6_000
FIRST = range(ROWS)
SECOND = range(ROWS // 2, ROWS + ROWS // 2)


@dataclass(frozen=True, slots=True)
class Seen:
    """A table in five numbers. `standing`: of scd2, versions that are not ended; else all rows."""

    rows: int
    keys: int
    id_sum: int
    value_sum: int
    standing: int


NOTHING = Seen(0, 0, 0, 0, 0)


def of(rows: dict[int, list[int]], standing: int | None = None) -> Seen:
    """From key → the values of its rows."""
    count = sum(len(values) for values in rows.values())
    ids = sum(key * len(values) for key, values in rows.items())
    return Seen(count, len(rows), ids, sum(map(sum, rows.values())), count if standing is None else standing)


def expected(write: str) -> tuple[Seen, Seen]:
    """The table after the first load (every value 1), and after the second (every value 2)."""
    first = {key: [1] for key in FIRST}
    both = {key: [value for value, keys in ((1, FIRST), (2, SECOND)) if key in keys] for key in range(SECOND.stop)}
    match write:
        case "replace":
            second = of({key: [2] for key in SECOND})
        case "merge":
            second = of({key: values[-1:] for key, values in both.items()})
        case "scd2":
            second = of(both, standing=len(SECOND))
        case "append":
            second = of(both)
        case _:  # appended by a cursor: only what is new
            second = of({**first, **{key: [2] for key in SECOND if key >= ROWS}})
    return of(first), second


def write_source(folder: Path, keys: range, value: int, *, parts: int = 3) -> None:
    """CSV files of one stream, `t`; each is there in whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in range(parts):
        draft = folder / f".{part}.draft"
        with draft.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["id", "value", "text"])
            writer.writerows((key, value, f"text of {key}") for key in keys[part::parts])
        draft.rename(folder / f"{part}.csv")


COUNTED = "count(*), count(DISTINCT id), coalesce(sum(id), 0), coalesce(sum(value), 0)"


def _query(columns: set[str]) -> str:
    standing = "count(*) FILTER (WHERE _hw_valid_to IS NULL)" if "_hw_valid_to" in columns else "count(*)"
    return f"SELECT {COUNTED}, {standing} FROM t"


def _seen(row: Any) -> Seen:
    return Seen(*(int(value) for value in row))


@dataclass(slots=True)
class PostgresReader:
    """Looks again and again through one connection."""

    database: PostgresDatabase
    connection: psycopg.Connection[tuple[Any, ...]] | None = None

    def __call__(self) -> Seen | None:
        if self.connection is None:
            self.connection = self.database.connect()
        listed = "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass('t') AND attnum > 0"
        columns = {str(row[0]) for row in self.connection.execute(listed.encode()).fetchall()}
        if not columns:
            return NOTHING
        try:
            return _seen(self.connection.execute(_query(columns).encode()).fetchone())
        except (psycopg.errors.UndefinedColumn, psycopg.errors.UndefinedTable):
            return None  # changed between the two statements

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()


def look_at_duckdb(path: Path) -> Seen | None:
    """None while another process has the file: DuckDB lets nobody look then."""
    if not path.exists():
        return NOTHING
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            columns = {
                row[0]
                for row in connection.execute(
                    "SELECT column_name FROM duckdb_columns() WHERE table_name = 't'"
                ).fetchall()
            }
            return _seen(connection.execute(_query(columns)).fetchone()) if columns else NOTHING
    except (duckdb.IOException, duckdb.ConnectionException):
        return None


def look_at_sqlite(path: Path) -> Seen | None:
    if not path.exists():
        return NOTHING
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=0.2)) as connection:
            connection.execute("BEGIN")
            columns = {row[1] for row in connection.execute("PRAGMA table_info(t)")}
            return _seen(connection.execute(_query(columns)).fetchone()) if columns else NOTHING
    except sqlite3.OperationalError as busy:
        if "locked" in str(busy) or "readonly" in str(busy):
            return None
        raise


def look_at_files(folder: Path) -> Seen | None:
    """As Headwater itself reads what it wrote: by the commit log. None when a file went away under the read."""
    if not (folder / "t").exists():
        return NOTHING
    source = FilesSource(FilesConfig(url=str(folder)))
    try:
        found = source.discover("t").streams
        if not found or "id" not in found[0].schema.names:
            return NOTHING
        stream = found[0]
        planned = source.plan(ReadRequest(stream, ("id", "value")))
        rows: dict[int, list[int]] = {}
        for partition in planned.items:
            for batch in source.read(partition):
                for key, value in zip(batch["id"].to_pylist(), batch["value"].to_pylist(), strict=True):
                    rows.setdefault(key, []).append(value)
        return of(rows)
    except (HeadwaterError, OSError):
        return None
    finally:
        source.close()


@dataclass(slots=True)
class Watcher:
    """A reader beside the runs: all that it ever saw. Not `beside`, where a reader would keep the runs out: DuckDB."""

    look: Callable[[], Seen | None]
    beside: bool = True
    saw: set[Seen] = field(default_factory=set[Seen])
    looks: int = 0
    failed: list[BaseException] = field(default_factory=list[BaseException])

    @contextmanager
    def watching(self) -> Iterator[None]:
        if not self.beside:
            yield
            return
        over = threading.Event()

        def watch() -> None:
            try:
                while not over.is_set():
                    seen = self.look()
                    self.looks += 1
                    if seen is not None:
                        self.saw.add(seen)
                    over.wait(0.03)
            except BaseException as error:  # noqa: BLE001  raised in the test's own thread
                self.failed.append(error)

        thread = threading.Thread(target=watch, name="watcher")
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
        if self.failed:
            raise self.failed[0]

    def now(self, within_s: float = 10.0) -> Seen:
        """What stands there; waits while nobody may look."""
        end = time.monotonic() + within_s
        while (seen := self.look()) is None:
            assert time.monotonic() < end, "the table cannot be looked at"
            time.sleep(0.02)
        self.saw.add(seen)
        return seen

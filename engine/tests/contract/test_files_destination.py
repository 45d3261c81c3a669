import json
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.parquet as pq

from headwater.connectors.files.config import FilesConfig, Format
from headwater.connectors.files.destination import FilesDestination
from headwater.connectors.files.folder import folder_name
from headwater.connectors.files.source import FilesSource
from headwater.connectors.files.stored import interval_text
from headwater.sdk.errors import UnknownName
from headwater.testing.destination_contract import DestinationContract
from headwater.testing.source_case import read_all, request
from headwater.toolkit.arrow_types import logical


def log_of(folder: Path) -> list[dict[str, Any]]:
    entries = sorted((folder / "_headwater" / "log").glob("*.json"))
    return [json.loads(entry.read_text(encoding="utf-8")) for entry in entries]


def live_files(folder: Path) -> list[str]:
    """By the log alone, as its page describes it."""
    live: dict[str, None] = {}
    for entry in log_of(folder):
        for path in entry["remove"]:
            del live[path]
        live |= {file["path"]: None for file in entry["add"]}
    return list(live)


def left_behind(place: Path) -> list[str]:
    """Whatever is neither a live file nor a log, and folders of tables that were never committed."""
    found: list[str] = []
    for folder in place.iterdir():
        if not folder.is_dir() or not (folder / "_headwater" / "log").is_dir():
            found.append(folder.name)
            continue
        live = {"_headwater", *live_files(folder)}
        found += [path.name for path in folder.iterdir() if path.name not in live]
        known = {"log", "lock", "current.json", "README.txt"}
        found += [path.name for path in (folder / "_headwater").iterdir() if path.name not in known]
        found += [path.name for path in (folder / "_headwater" / "log").iterdir() if path.suffix != ".json"]
    return [name for name in found if name != "no folder"]


class TestFilesDestination(DestinationContract):
    """Parquet, read by pyarrow and the log."""

    def make_destination(self, place: Path) -> FilesDestination:
        return FilesDestination(FilesConfig(url=str(place)))

    def read_table(self, place: Path, table: str) -> pa.Table | None:
        folder = place / folder_name(table)
        schemas = [entry["schema"] for entry in log_of(folder) if entry["schema"]]
        if not schemas:
            return None
        types = [(column["name"], column["type"]) for column in schemas[-1]["columns"]]
        tables = [pq.read_table(folder / path) for path in live_files(folder)]
        found = pa.concat_tables(tables, promote_options="permissive") if tables else pa.table({})
        schema = FilesSource(FilesConfig(url=str(place))).describe(table).schema
        assert [name for name, _ in types] == schema.names
        columns = [
            found.column(field.name).cast(field.type)
            if field.name in found.schema.names
            else pa.nulls(len(found), field.type)
            for field in schema
        ]
        return pa.table(columns, names=schema.names)

    def leftovers(self, place: Path) -> list[str]:
        return left_behind(place)

    def expected(self, table: pa.Table) -> pa.Table:
        columns = [
            pa.array([interval_text(value) for value in column], pa.string())
            if pa.types.is_interval(column.type)
            else column
            for column in table.columns
        ]
        return pa.Table.from_arrays(columns, names=table.schema.names)

    def unreachable_destination(self, place: Path) -> tuple[FilesDestination, str]:
        (place / "no folder").write_text("")
        return FilesDestination(FilesConfig(url=str(place / "no folder" / "below"))), ""


class TestFilesDestinationInCsv(DestinationContract):
    """Read back by the source, which takes the types from the log."""

    format: ClassVar[Format] = "csv"

    def make_destination(self, place: Path) -> FilesDestination:
        return FilesDestination(FilesConfig(url=str(place), format=self.format))

    def read_table(self, place: Path, table: str) -> pa.Table | None:
        if not place.is_dir():
            return None
        source = FilesSource(FilesConfig(url=str(place)))
        try:
            found = read_all(source, source.plan(request(source.describe(table))))
        except UnknownName:
            return None
        finally:
            source.close()
        return found

    def leftovers(self, place: Path) -> list[str]:
        return left_behind(place)


class TestFilesDestinationInJson(TestFilesDestinationInCsv):
    """JSON inside of JSON is the same value, in its shortest spelling; there, null is NULL."""

    format: ClassVar[Format] = "json"

    def expected(self, table: pa.Table) -> pa.Table:
        columns = [
            pa.array([shortest(text) for text in column.to_pylist()], pa.string())
            if logical(field) == "json"
            else column
            for field, column in zip(table.schema, table.columns, strict=True)
        ]
        return pa.Table.from_arrays(columns, names=table.schema.names)


def shortest(text: str | None) -> str | None:
    value = json.loads(text) if text is not None else None
    return None if value is None else json.dumps(value, separators=(",", ":"))

"""A table's folder: its name, and what in it is Headwater's."""

from __future__ import annotations

import re
from uuid import uuid4

from headwater.connectors.files.commit_log import FOLDER, CommitLog, TableState
from headwater.connectors.files.config import Format
from headwater.connectors.files.formats import EXTENSIONS
from headwater.sdk.errors import ConfigError
from headwater.toolkit.storage import Lock, Storage

_PREFIX = "hw-"
_UNSAFE = re.compile(r"[/\\%\x00-\x1f\x7f]|^[._]|[. ]$")
_LONGEST = 200

_ABOUT = b"""This folder is the commit log of the table around it, kept by Headwater.

current.json  the table as it is: its live files (paths relative to the table's folder), schema and checkpoints
log/          one file per commit; a commit is published the moment its file appears
staging/      files of loads that are under way
lock          held by the run that writes to the table

Data files beside this folder that current.json does not list belong to no committed load.
"""


def folder_name(table: str) -> str:
    """One path part for any table name; what a path cannot hold is written as %XX. Raises ConfigError when too long."""
    name = _UNSAFE.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), table)
    if not name or len(name.encode()) > _LONGEST:
        raise ConfigError(
            f"table {table[:60]!r}: a folder cannot have this name",
            hint=f"a table name here has 1 to {_LONGEST} bytes",
            code="config.invalid_name",
        )
    return name


class TableFolder:
    """What a load does to the folder. All but reading the log is for the holder of the lock."""

    def __init__(self, storage: Storage, root: str, table: str) -> None:
        self.storage = storage
        self.table = table
        self.path = f"{root}/{folder_name(table)}"
        self.log = CommitLog(storage, self.path)
        self._staging = f"{self.path}/{FOLDER}/staging"

    def lock(self) -> Lock:
        """Makes the folder. Raises Busy."""
        self.storage.make_folder(self.log.own_folder)
        return self.storage.lock(f"{self.log.own_folder}/lock")

    def describe(self) -> None:
        self.storage.create(f"{self.log.own_folder}/README.txt", _ABOUT)

    def refuse_strangers(self) -> None:
        """Raises ConfigError when the folder is somebody else's: their files would seem to be rows of the table."""
        strangers = [entry.name for entry in self.storage.list(self.path) if not _is_ours(entry.name)]
        if strangers:
            raise ConfigError(
                f"{self.path} holds files that Headwater did not write, such as {strangers[0]}",
                hint="choose another table name or url, or move the files away",
                code="files.foreign_files",
            )

    def sweep(self, state: TableState | None) -> None:
        """Delete what dead loads left: everything staged, and data files that no commit added."""
        self.storage.delete(self._staging)
        live = {file.path for file in state.files} if state is not None else set[str]()
        folders = (self.path, self.log.own_folder, f"{self.log.own_folder}/log")
        for entry in (entry for folder in folders for entry in self.storage.list(folder)):
            unknown = entry.name.startswith(_PREFIX) and entry.name not in live
            if not entry.is_folder and (unknown or entry.name.endswith(".part")):
                self.storage.delete(entry.path)

    def stage(self) -> str:
        """A folder of one load's own for its files."""
        path = f"{self._staging}/{uuid4().hex}"
        self.storage.make_folder(path)
        return path

    def leave(self, lock: Lock, *, state: TableState | None) -> None:
        """Let go of the lock; of a table that never had a commit, nothing stays."""
        self.storage.delete_empty(self._staging)
        lock.release(forget=state is None)
        if state is None:
            for folder in (f"{self.log.own_folder}/log", self.log.own_folder, self.path):
                self.storage.delete_empty(folder)


def data_file_name(format: Format, compression: str | None) -> str:
    packed = {"gzip": ".gz", "zstd": ".zst"}.get(compression or "", "") if format != "parquet" else ""
    return f"{_PREFIX}{uuid4().hex}{EXTENSIONS[format]}{packed}"


def _is_ours(name: str) -> bool:
    return name == FOLDER or name.startswith((_PREFIX, "."))

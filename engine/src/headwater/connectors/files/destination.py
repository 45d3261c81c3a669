"""files as a destination: one folder per table, whose commit log says which files are its rows.

`replace` and `append`. Until a commit's entry stands in the log, no reader of the log sees a row of the load; what a
killed run left is deleted by the next load of the table. `replace` deletes the files it took the place of right after
its commit: a reader that holds an older list then fails and lists again, and one that reads all files of the folder
never counts rows twice.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import ClassVar
from uuid import uuid4

from headwater.connectors.files.commit_log import Commit, CommitLog, TableState
from headwater.connectors.files.config import FilesConfig, Format
from headwater.connectors.files.folder import TableFolder
from headwater.connectors.files.load import FilesLoad, load_class
from headwater.connectors.files.stored import refuse_ambiguous, stored_schema
from headwater.connectors.files.writers import FileWriter
from headwater.sdk.config import PluginConfig
from headwater.sdk.destination import Capabilities, Checkpoint, LoadRequest, Write
from headwater.sdk.errors import ConfigError, Unsupported
from headwater.sdk.stream import Json
from headwater.toolkit.evolution import settle
from headwater.toolkit.storage import LocalStorage, local_path

_WRITES = frozenset({Write.REPLACE, Write.APPEND})
# Each holds a row group, and packs faster than two cores compute: more only where there are cores to spare.
_WRITERS = max(1, min(4, (os.cpu_count() or 1) // 2))


class FilesDestination:
    config_type: ClassVar[type[PluginConfig]] = FilesConfig

    def __init__(self, config: FilesConfig) -> None:
        self._config = config
        self._storage = LocalStorage()
        self._root = local_path(config.url)
        self._format: Format = "parquet" if config.format == "auto" else config.format

    def check(self) -> None:
        """Write a file and delete it again, in the folder or, before it is made, in what there is of its path."""
        folder = self._root
        while (entry := self._storage.stat(folder)) is None:
            folder = folder.rpartition("/")[0] or "/"
        if not entry.is_folder:
            raise ConfigError(f"{folder} is a file", hint="url must be a folder for tables", code="files.no_folder")
        probe = f"{folder}/.headwater-check-{uuid4().hex}"
        try:
            self._storage.create(probe, b"")
        finally:
            self._storage.delete(probe)

    def capabilities(self) -> Capabilities:
        unsupported = frozenset({"interval"}) if self._format == "parquet" else frozenset[str]()
        return Capabilities(_WRITES, parallel_writers=_WRITERS, unsupported_types=unsupported)

    def open(self, request: LoadRequest) -> FilesLoad:
        if request.write not in _WRITES:
            raise Unsupported(
                f"a files destination cannot {request.write}",
                hint="use write: replace or append, or a destination that is a database",
            )
        refuse_ambiguous(request.schema, request.table)
        folder = self._folder(request.table)
        lock = folder.lock()
        state: TableState | None = None
        try:
            state = folder.log.read()
            if state is None:
                folder.refuse_strangers()
            folder.sweep(state)
            self._refuse_other_format(state, request)
            existing = None if state is None or state.schema is None else state.schema
            settled = settle(
                existing,
                stored_schema(request.schema, self._format),
                evolution=request.evolution,
                write=request.write,
                table=request.table,
            )
            kind = load_class(request, settled, self._format)
            return kind(folder, lock, request, settled, state, self._writer())
        except BaseException:
            folder.leave(lock, state=state)
            raise

    def checkpoints(self, pipeline: str) -> tuple[Checkpoint, ...]:
        found: list[Checkpoint] = []
        for entry in self._storage.list(self._root):
            state = CommitLog(self._storage, entry.path).read() if entry.is_folder else None
            found += state.checkpoints_of(pipeline) if state is not None else []
        return tuple(found)

    def set_checkpoint(self, pipeline: str, stream: str, table: str, value: Mapping[str, Json] | None) -> None:
        folder = self._folder(table)
        if value is None and folder.log.read() is None:
            return
        lock = folder.lock()
        state: TableState | None = None
        try:
            state = folder.log.read()
            if state is None:
                folder.refuse_strangers()
            before = state or TableState(table, self._format)
            state = folder.log.append(before, Commit(pipeline, stream, checkpoint=value, sets_checkpoint=True))
        finally:
            folder.leave(lock, state=state)

    def close(self) -> None:
        return

    def _folder(self, table: str) -> TableFolder:
        return TableFolder(self._storage, self._root, table)

    def _writer(self) -> FileWriter:
        default = "zstd" if self._format == "parquet" else "none"
        chosen = default if self._config.compression == "auto" else self._config.compression
        compression = None if chosen == "none" else chosen
        return FileWriter(self._storage, self._format, compression, self._config.max_file_mb << 20)

    def _refuse_other_format(self, state: TableState | None, request: LoadRequest) -> None:
        if state is not None and state.files and state.format != self._format and request.write is not Write.REPLACE:
            raise ConfigError(
                f"table {request.table} is kept as {state.format}, and would get {self._format}",
                hint=f"set format: {state.format}, or write: replace",
                code="files.other_format",
            )

"""The commit log of one table folder: what a reader may see, and where its streams stand.

    <table>/_headwater/log/00000000000000000007.json   one commit, made whole and exclusively: the moment of publication
    <table>/_headwater/current.json                    the state after some commit: live files, schema, checkpoints

A reader takes `current.json` and applies the few entries that are newer, so its work does not grow with the history.
Only the holder of the table's lock writes; that an entry's number is taken means another writer was there all the same,
and the commit fails. Rows of a file are visible if and only if an entry added the file and none removed it.
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import cast

import pyarrow as pa

from headwater.connectors.files.config import Format
from headwater.sdk.destination import Checkpoint, Committed
from headwater.sdk.errors import DataError, HeadwaterError, TransientError
from headwater.sdk.stream import Json
from headwater.toolkit.arrow_types import field_type_name
from headwater.toolkit.storage import Storage

log = logging.getLogger(__name__)

FOLDER = "_headwater"
_KEPT_ENTRIES = 100
_KEPT_LOADS = 1_000

Object = dict[str, Json]


@dataclass(frozen=True, slots=True)
class LiveFile:
    """`path` is relative to the table folder."""

    path: str
    rows: int
    size_bytes: int
    compression: str | None = None

    def as_json(self) -> Object:
        return {"path": self.path, "rows": self.rows, "bytes": self.size_bytes, "compression": self.compression}


@dataclass(frozen=True, slots=True)
class Commit:
    """One entry: the files it adds and removes, and what it says about the table from now on.

    `load_id` is None for an entry that only sets a checkpoint. `checkpoint` is written when `sets_checkpoint`.
    """

    pipeline: str
    stream: str
    load_id: str | None = None
    add: tuple[LiveFile, ...] = ()
    remove: tuple[str, ...] = ()
    schema: pa.Schema | None = None
    checkpoint: Mapping[str, Json] | None = None
    sets_checkpoint: bool = False
    result: Committed | None = None


@dataclass(frozen=True, slots=True)
class TableState:
    """A table after commit `number`. `schema` is None as long as no load was committed."""

    table: str
    format: Format
    number: int = 0
    schema: pa.Schema | None = None
    files: tuple[LiveFile, ...] = ()
    loads: Mapping[str, Object] = field(default_factory=dict[str, Object])
    checkpoints: Mapping[str, Object] = field(default_factory=dict[str, Object])

    def checkpoint(self, pipeline: str, stream: str) -> Checkpoint | None:
        found = self.checkpoints.get(_key(pipeline, stream))
        return None if found is None else _checkpoint(found, self.table)

    def checkpoints_of(self, pipeline: str) -> list[Checkpoint]:
        return [_checkpoint(item, self.table) for item in self.checkpoints.values() if item["pipeline"] == pipeline]

    def committed(self, load_id: str) -> Committed | None:
        """What the load did, when it is among the last thousand."""
        found = self.loads.get(load_id)
        if found is None:
            return None
        changed = cast("dict[str, int]", found["changed"])
        return Committed(cast(int, found["written"]), cast(int, found["deduplicated"]), changed, replayed=True)


class CommitLog:
    """The log of one table folder. Reading needs no lock; `append` is for the holder of `lock`."""

    def __init__(self, storage: Storage, folder: str) -> None:
        self._storage = storage
        self.folder = folder
        self.own_folder = f"{folder}/{FOLDER}"
        self._log = f"{self.own_folder}/log"
        self._current = f"{self.own_folder}/current.json"

    def read(self) -> TableState | None:
        """The state after the newest commit; None when there is none. Raises DataError for a log that is damaged."""
        if self._storage.stat(self._current) is None and self._storage.stat(self._entry(1)) is None:
            return None
        state = None
        if self._storage.stat(self._current) is not None:
            state = _state_from_json(self._parsed(self._current))
        number = state.number if state is not None else 0
        while self._storage.stat(self._entry(number + 1)) is not None:
            number += 1
            entry = self._parsed(self._entry(number))
            state = _applied(state or TableState(str(entry["table"]), cast(Format, entry["format"])), entry)
        return state

    def append(self, state: TableState, commit: Commit) -> TableState:
        """Publish the commit on top of `state`. After this returns, and at times even if it fails, it is visible."""
        entry = _entry_json(state, commit)
        self._storage.make_folder(self._log)
        if not self._storage.create(self._entry(state.number + 1), _text(entry)):
            raise TransientError(
                f"{self.folder} was committed to by another writer in the meantime",
                hint="the load tries again on top of that commit",
                code="files.commit_conflict",
            )
        after = _applied(state, entry)
        self._write_current(after)
        return after

    def _write_current(self, state: TableState) -> None:
        """A shortcut for readers: that it could not be written makes them slower, and no commit undone."""
        try:
            self._storage.replace(self._current, _text(_state_json(state)))
            if state.number > _KEPT_ENTRIES:
                self._storage.delete(self._entry(state.number - _KEPT_ENTRIES))
        except HeadwaterError as error:
            log.warning("current.json not written", exc_info=error, extra={"event": "files_current_not_written"})

    def _entry(self, number: int) -> str:
        return f"{self._log}/{number:020d}.json"

    def _parsed(self, path: str) -> Object:
        try:
            value = json.loads(self._storage.read(path))
        except ValueError as cause:
            raise _damaged(path, str(cause)) from cause
        if not isinstance(value, dict) or value.get("version") != 1:
            raise _damaged(path, "it is not of a version that is known here")
        return cast(Object, value)


def _applied(state: TableState, entry: Object) -> TableState:
    removed = set(cast("list[str]", entry["remove"]))
    added = tuple(_file(item) for item in cast("list[Object]", entry["add"]))
    key = _key(str(entry["pipeline"]), str(entry["stream"]))
    checkpoints = dict(state.checkpoints)
    if entry["checkpoint_set"]:
        checkpoints.pop(key, None)
        if entry["checkpoint"] is not None:
            told = ("pipeline", "stream", "load_id", "committed_at", "checkpoint")
            checkpoints[key] = {name: entry[name] for name in told}
    loads = dict(state.loads)
    if entry["load_id"] is not None:
        loads[str(entry["load_id"])] = cast(Object, entry["result"])
    return replace(
        state,
        number=cast(int, entry["number"]),
        format=cast(Format, entry["format"]),
        schema=_schema_from_json(entry["schema"]) if entry["schema"] is not None else state.schema,
        files=tuple(file for file in state.files if file.path not in removed) + added,
        loads=dict(list(loads.items())[-_KEPT_LOADS:]),
        checkpoints=checkpoints,
    )


def _entry_json(state: TableState, commit: Commit) -> Object:
    result = commit.result
    return {
        "version": 1,
        "number": state.number + 1,
        "table": state.table,
        "format": state.format,
        "pipeline": commit.pipeline,
        "stream": commit.stream,
        "load_id": commit.load_id,
        "committed_at": datetime.now(UTC).isoformat(),
        "add": [file.as_json() for file in commit.add],
        "remove": list(commit.remove),
        "schema": None if commit.schema is None else _schema_json(commit.schema),
        "checkpoint_set": commit.sets_checkpoint,
        "checkpoint": None if commit.checkpoint is None else dict(commit.checkpoint),
        "result": None
        if result is None
        else {"written": result.written, "deduplicated": result.deduplicated, "changed": dict(result.changed)},
    }


def _state_json(state: TableState) -> Object:
    return {
        "version": 1,
        "number": state.number,
        "table": state.table,
        "format": state.format,
        "rows": sum(file.rows for file in state.files),
        "files": [file.as_json() for file in state.files],
        "schema": None if state.schema is None else _schema_json(state.schema),
        "loads": dict(state.loads),
        "checkpoints": list(state.checkpoints.values()),
    }


def _state_from_json(value: Object) -> TableState:
    kept = cast("list[Object]", value["checkpoints"])
    return TableState(
        table=str(value["table"]),
        format=cast(Format, value["format"]),
        number=cast(int, value["number"]),
        schema=None if value["schema"] is None else _schema_from_json(value["schema"]),
        files=tuple(_file(item) for item in cast("list[Object]", value["files"])),
        loads=cast("dict[str, Object]", value["loads"]),
        checkpoints={_key(str(item["pipeline"]), str(item["stream"])): item for item in kept},
    )


def _file(value: Object) -> LiveFile:
    compression = value["compression"]
    rows, size_bytes = cast(int, value["rows"]), cast(int, value["bytes"])
    return LiveFile(str(value["path"]), rows, size_bytes, None if compression is None else str(compression))


def _schema_json(schema: pa.Schema) -> Object:
    """For people: names and types; for machines: the schema as an Arrow IPC message."""
    columns: list[Json] = [{"name": field.name, "type": field_type_name(field)} for field in schema]
    return {"columns": columns, "arrow": base64.b64encode(schema.serialize().to_pybytes()).decode()}


def _schema_from_json(value: Json) -> pa.Schema:
    message = base64.b64decode(str(cast(Object, value)["arrow"]))
    return pa.ipc.read_schema(pa.py_buffer(message))


def _checkpoint(value: Object, table: str) -> Checkpoint:
    return Checkpoint(
        value=cast(Object, value["checkpoint"]),
        load_id=str(value["load_id"] or ""),
        committed_at=datetime.fromisoformat(str(value["committed_at"])),
        pipeline=str(value["pipeline"]),
        stream=str(value["stream"]),
        table=table,
    )


def _key(pipeline: str, stream: str) -> str:
    return json.dumps([pipeline, stream], ensure_ascii=False)


def _text(value: Object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False).encode()


def _damaged(path: str, why: str) -> DataError:
    return DataError(
        f"{path} cannot be read: {why}",
        hint="restore it from a copy, or move the table's folder away and load the table afresh",
        code="files.damaged_log",
    )

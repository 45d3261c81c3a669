"""arrow_folder as a destination: each write makes a file, the commit makes a manifest that names it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from headwater.sdk.config import PluginConfig
from headwater.sdk.destination import Capabilities, Checkpoint, LoadRequest, Write
from headwater.sdk.errors import Busy, ConfigError, SchemaChanged, Unsupported
from headwater.sdk.stream import Json
from headwater.toolkit.evolution import Settled, settle
from headwater.toolkit.file_lock import FileLock
from headwater_example.arrow_folder.config import ArrowFolderConfig
from headwater_example.arrow_folder.load import ArrowFolderLoad
from headwater_example.arrow_folder.manifest import Manifest, load, save, table_folder, table_names

_WRITES = frozenset({Write.REPLACE, Write.APPEND})


class ArrowFolderDestination:
    config_type: ClassVar[type[PluginConfig]] = ArrowFolderConfig

    def __init__(self, config: ArrowFolderConfig) -> None:
        self._folder = config.folder
        self._place = f"Arrow folder {config.path!r}"

    def capabilities(self) -> Capabilities:
        return Capabilities(writes=_WRITES, parallel_writers=4, adds_columns=False, widens_columns=False)

    def check(self) -> None:
        nearest = next(path for path in (self._folder, *self._folder.resolve().parents) if path.exists())
        if not nearest.is_dir():
            raise ConfigError(
                f"{self._place}: {str(nearest)!r} is no folder",
                hint="choose another path",
                code="arrow_folder.no_folder",
            )

    def open(self, request: LoadRequest) -> ArrowFolderLoad:
        place = f"{self._place}, table {request.table!r}"
        if request.write not in _WRITES:
            raise Unsupported(f"{place}: it cannot {request.write}", hint="write: replace or write: append")
        folder = table_folder(self._folder, request.table)
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "writer.lock")
        if not lock.acquire():
            raise Busy(f"{place}: another load writes it now", hint="wait for the other run, or stop it")
        try:
            manifest = load(folder)
            settled = _settled(manifest.schema, request, place)
            _sweep(folder, manifest)
        except BaseException:
            lock.release()
            raise
        return ArrowFolderLoad(folder, lock, manifest, request, settled)

    def checkpoints(self, pipeline: str) -> tuple[Checkpoint, ...]:
        found = [
            checkpoint_of(item, table)
            for table in table_names(self._folder)
            for item in load(table_folder(self._folder, table)).checkpoints
            if item["pipeline"] == pipeline
        ]
        return tuple(sorted(found, key=lambda item: (item.stream, item.table)))

    def set_checkpoint(self, pipeline: str, stream: str, table: str, value: Mapping[str, Json] | None) -> None:
        folder = table_folder(self._folder, table)
        manifest = load(folder)
        plain = None if value is None else dict(value)
        checkpoint = Checkpoint(plain or {}, "", datetime.now(UTC), pipeline, stream, table)
        manifest.set_checkpoint(stored_checkpoint(checkpoint) | {"value": plain})
        save(folder, manifest)

    def close(self) -> None:
        """Nothing is held between loads."""


def _settled(existing: pa.Schema | None, request: LoadRequest, place: str) -> Settled:
    """Files of one table have one schema: columns are added or widened only where all rows are replaced."""
    settled = settle(existing, request.schema, evolution=request.evolution, write=request.write, table=request.table)
    if request.write is Write.APPEND and existing is not None and (settled.added or settled.retyped):
        names = ", ".join(field.name for field in (*settled.added, *settled.retyped))
        hint = "write: replace, or leave these columns out"
        raise SchemaChanged(f"{place}: columns are new or wider than in the table: {names}", hint=hint)
    return settled


def _sweep(folder: Path, manifest: Manifest) -> None:
    """Remove what dead loads left behind."""
    for path in folder.glob("*.arrow"):
        if path.name not in manifest.files:
            path.unlink()


def checkpoint_of(stored: Mapping[str, Any], table: str) -> Checkpoint:
    moment = datetime.fromisoformat(stored["committed_at"])
    return Checkpoint(stored["value"], stored["load_id"], moment, stored["pipeline"], stored["stream"], table)


def stored_checkpoint(checkpoint: Checkpoint) -> dict[str, Any]:
    stored = asdict(checkpoint) | {"committed_at": checkpoint.committed_at.isoformat()}
    del stored["table"]
    return stored

"""`manifest.json` of a table: its schema, its files, the loads it has had and their checkpoints.

It is replaced as a whole by rename(2), so a reader sees the table before or after a load, never between. Files that it
does not name are not part of the table.
"""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pyarrow as pa

_NAME = "manifest.json"
_REMEMBERED_LOADS = 100


@dataclass(slots=True)
class Manifest:
    """`files` are names with their row counts; `loads` is load id → rows written, newest last.

    A checkpoint is `{pipeline, stream, value, load_id, committed_at}`.
    """

    schema: pa.Schema | None = None
    files: dict[str, int] = field(default_factory=dict[str, int])
    loads: dict[str, int] = field(default_factory=dict[str, int])
    checkpoints: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def checkpoint(self, pipeline: str, stream: str) -> dict[str, Any] | None:
        found = (item for item in self.checkpoints if (item["pipeline"], item["stream"]) == (pipeline, stream))
        return next(found, None)

    def set_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """One without a value forgets."""
        place = (checkpoint["pipeline"], checkpoint["stream"])
        kept = [item for item in self.checkpoints if (item["pipeline"], item["stream"]) != place]
        self.checkpoints = [*kept, checkpoint] if checkpoint["value"] is not None else kept


def table_folder(root: Path, table: str) -> Path:
    """Whatever a table is called, its folder has a harmless name."""
    return root / quote(table, safe=" ")


def table_names(root: Path) -> list[str]:
    """In name order."""
    return sorted(unquote(path.parent.name) for path in root.glob(f"*/{_NAME}"))


def load(folder: Path) -> Manifest:
    """An empty one when the table has none."""
    path = folder / _NAME
    if not path.exists():
        return Manifest()
    stored = json.loads(path.read_text(encoding="utf-8"))
    text = stored.pop("schema")
    schema = None if text is None else pa.ipc.read_schema(pa.py_buffer(base64.b64decode(text)))
    return Manifest(schema, **stored)


def save(folder: Path, manifest: Manifest) -> None:
    """Durable when it returns."""
    schema = manifest.schema
    stored = {
        "schema": None if schema is None else base64.b64encode(schema.serialize().to_pybytes()).decode(),
        "files": manifest.files,
        "loads": dict(list(manifest.loads.items())[-_REMEMBERED_LOADS:]),
        "checkpoints": manifest.checkpoints,
    }
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f"{_NAME}.new"
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(stored, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / _NAME)

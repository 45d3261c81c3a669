from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from headwater.connectors.files.config import FilesConfig
from headwater.connectors.files.source import FilesSource
from headwater.sdk.source import Malformed
from headwater.sdk.stream import ReadRequest


class Folder:
    """A folder of files, and what the source makes of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._open: list[FilesSource] = []

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def source(self, url: str = "", **config: Any) -> FilesSource:
        made = FilesSource(FilesConfig(url=str(self.path / url) if url else str(self.path), **config))
        self._open.append(made)
        return made

    def names(self, url: str = "", **config: Any) -> list[str]:
        return [stream.name for stream in self.source(url, **config).discover().streams]

    def read(self, stream: str, url: str = "", *, parallelism: int = 1, **config: Any) -> pa.Table:
        return self.read_all(stream, url, parallelism=parallelism, **config)[0]

    def read_all(
        self, stream: str, url: str = "", *, parallelism: int = 1, **config: Any
    ) -> tuple[pa.Table, list[Malformed]]:
        """The rows, and what was set aside."""
        source = self.source(url, **config)
        described = source.describe(stream)
        request = ReadRequest(described, tuple(described.schema.names), parallelism=parallelism)
        partitions = source.plan(request)
        tables = [source.read(item).read_all() for item in partitions.items]
        malformed = [bad for item in partitions.items for bad in source.malformed(item)]
        return pa.concat_tables(tables) if tables else partitions.schema.empty_table(), malformed

    def types(self, stream: str, url: str = "", **config: Any) -> dict[str, str]:
        return {field.name: str(field.type) for field in self.source(url, **config).describe(stream).schema}

    def close(self) -> None:
        for source in self._open:
            source.close()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    made = Folder(tmp_path)
    yield made
    made.close()


@pytest.fixture
def small_native(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Native scans are offered for files of any size."""

    def allow() -> None:
        monkeypatch.setattr("headwater.connectors.files.source._NATIVE_FROM_BYTES", {"csv": 0, "json": 0, "parquet": 0})

    return allow

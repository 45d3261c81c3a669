from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import pyarrow.parquet as pq

from headwater.connectors.files.config import FilesConfig
from headwater.connectors.files.source import FilesSource
from headwater.testing.source_contract import SourceContract
from headwater.testing.values import FAMILIES


class TestFilesSource(SourceContract):
    """Parquet, whose types are those of Arrow but for the interval."""

    types: ClassVar[frozenset[str]] = FAMILIES - {"interval"}
    keeps_primary_keys = False

    def make_source(self, place: Path) -> FilesSource:
        return FilesSource(FilesConfig(url=str(place)))

    def seed(self, place: Path, name: str, table: pa.Table, primary_key: tuple[str, ...] = ()) -> None:
        pq.write_table(table, place / f"{name}.parquet")

    def unreachable_source(self, place: Path) -> tuple[FilesSource, str]:
        return FilesSource(FilesConfig(url=str(place / "nowhere"))), ""

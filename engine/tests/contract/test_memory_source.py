from pathlib import Path

import pyarrow as pa

from headwater.testing.memory import MemoryConfig, MemorySource, MemorySystem
from headwater.testing.source_contract import SourceContract


class TestMemorySource(SourceContract):
    def make_source(self, place: Path) -> MemorySource:
        return MemorySource(MemoryConfig(system=str(place)))

    def seed(self, place: Path, name: str, table: pa.Table, primary_key: tuple[str, ...] = ()) -> None:
        MemorySystem.named(str(place)).add(name, table, primary_key=primary_key)

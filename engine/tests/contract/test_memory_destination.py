from itertools import islice
from pathlib import Path

import pyarrow as pa

from headwater.sdk.destination import LoadRequest
from headwater.testing.destination_case import CrashPoint
from headwater.testing.destination_contract import DestinationContract
from headwater.testing.memory import MemoryConfig, MemoryDestination, MemorySystem


class TestMemoryDestination(DestinationContract):
    def make_destination(self, place: Path) -> MemoryDestination:
        return MemoryDestination(MemoryConfig(system=str(place)))

    def read_table(self, place: Path, table: str) -> pa.Table | None:
        stored = MemorySystem.named(str(place)).tables.get(table)
        return None if stored is None else stored.data

    def leftovers(self, place: Path) -> list[str]:
        return list(MemorySystem.named(str(place)).staged)

    def crash_at(self, place: Path, request: LoadRequest, rows: pa.Table, point: CrashPoint) -> None:
        """Its system dies with the process: the load is left where it stands, as a killed one would be."""
        load = self.make_destination(place).open(request)
        if point != "open":
            part = rows if point != "mid-write" else rows.slice(0, 1)
            receipt = load.write("dead", part.to_reader())
            if point == "after-commit":
                load.commit([receipt], {"n": 1})
        MemorySystem.named(str(place)).crash()
        assert list(islice(MemorySystem.named(str(place)).live, 1)) == []

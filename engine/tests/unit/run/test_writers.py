"""How many writers a load has."""

import pyarrow as pa
import pytest
from unit.run.bench import Bench, orders

from headwater.sdk.destination import Receipt
from headwater.testing.memory import MemoryLoad


@pytest.mark.parametrize(("rows", "writers"), [(10, {"0"}), (10_000, {"0", "1"})])
def test_a_few_rows_are_not_worth_a_second_connection(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, rows: int, writers: set[str]
) -> None:
    began: set[str] = set()
    write = MemoryLoad.write

    def noted(load: MemoryLoad, partition_id: str, reader: pa.RecordBatchReader) -> Receipt:
        began.add(partition_id)
        return write(load, partition_id, reader)

    monkeypatch.setattr(MemoryLoad, "write", noted)
    bench.target = "{type: memory, config: {system: LAKE, writers: 2}}"
    bench.shop.add("orders", orders(*((n, n, n) for n in range(rows))))
    assert bench.load().rows.written == rows
    assert began == writers

"""Functions such as a user writes them."""

import pyarrow as pa
import pyarrow.compute as pc


def shout(batch: pa.RecordBatch, by: int) -> pa.RecordBatch:
    return batch.append_column("loud", pc.binary_repeat(pc.utf8_upper(batch.column("name")), by))


def quiet(batch: pa.RecordBatch) -> pa.RecordBatch:
    return batch

"""What the cases of the `python` processor run."""

import pyarrow as pa
import pyarrow.compute as pc


def shout(batch: pa.RecordBatch) -> pa.RecordBatch:
    upper = pc.utf8_upper(batch.column("status"))
    return batch.set_column(batch.schema.get_field_index("status"), "status", upper)


def unchanged(batch: pa.RecordBatch) -> pa.RecordBatch:
    return batch


def measured(batch: pa.RecordBatch, *, factor: float) -> pa.RecordBatch:
    columns = {"id": batch.column("id"), "weight": pc.multiply(batch.column("weight"), factor)}
    return pa.record_batch({**columns, "small": pc.less(batch.column("weight"), 1.0)})

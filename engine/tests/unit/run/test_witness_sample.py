"""The sample that promises are held against: a few rows of many batches, and no more memory than these rows take."""

import pyarrow as pa

from headwater.run.local.witnesses import EVERY, FIRST_BATCHES, ROWS_OF_A_BATCH, Sample

BATCH = pa.record_batch({"n": pa.array(range(10_000), pa.int64()), "text": [f"text {n}" for n in range(10_000)]})


def test_a_sample_keeps_rows_of_many_batches_and_none_of_the_batches() -> None:
    sample = Sample()
    for _ in range(10 * EVERY):
        sample.pass_by(BATCH)
    kept = sample.delivered(BATCH.schema)
    batches = FIRST_BATCHES + 9
    assert kept.num_rows == batches * ROWS_OF_A_BATCH
    assert kept.slice(0, ROWS_OF_A_BATCH).equals(pa.Table.from_batches([BATCH.slice(0, ROWS_OF_A_BATCH)]))
    assert kept.get_total_buffer_size() < 2 * kept.nbytes


def test_a_batch_with_fewer_rows_is_kept_whole() -> None:
    sample = Sample()
    sample.pass_by(BATCH.slice(5, 3))
    assert sample.delivered(BATCH.schema).column("n").to_pylist() == [5, 6, 7]

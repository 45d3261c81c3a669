"""The queue between the read of a stream and its writers."""

import threading

import pyarrow as pa
import pytest

from headwater.run.local.queue import BatchQueue, QueueFailed

SCHEMA = pa.schema([("n", pa.int64())])


def batch(*values: int) -> pa.RecordBatch:
    return pa.record_batch([pa.array(values, pa.int64())], schema=SCHEMA)


def in_thread(call: object) -> threading.Thread:
    thread = threading.Thread(target=call, daemon=True)  # pyright: ignore[reportArgumentType]
    thread.start()
    return thread


def test_batches_come_out_in_order_and_end_when_finished() -> None:
    queue = BatchQueue(SCHEMA, 1 << 20)
    for n in range(5):
        assert queue.put(batch(n))
    queue.finish()
    assert queue.reader().read_all().column("n").to_pylist() == [0, 1, 2, 3, 4]
    assert queue.rows == 5


def test_a_batch_larger_than_the_limit_passes_alone() -> None:
    queue = BatchQueue(SCHEMA, 8)
    assert queue.put(batch(*range(1_000)))
    queue.finish()
    assert queue.reader().read_all().num_rows == 1_000


def test_a_full_queue_blocks_until_a_batch_is_taken() -> None:
    queue = BatchQueue(SCHEMA, batch(1).get_total_buffer_size())
    queue.put(batch(1))
    done = threading.Event()
    in_thread(lambda: (queue.put(batch(2)), done.set()))
    assert not done.wait(0.05)
    assert queue.stuck_s() > 0
    reader = queue.reader()
    assert reader.read_next_batch().to_pydict() == {"n": [1]}
    assert done.wait(5)
    assert queue.stuck_s() == 0


def test_every_batch_goes_to_exactly_one_of_several_readers() -> None:
    queue = BatchQueue(SCHEMA, 256)
    seen: list[int] = []
    lock = threading.Lock()

    def read() -> None:
        for part in queue.reader():
            with lock:
                seen.extend(part.column("n").to_pylist())

    readers = [in_thread(read) for _ in range(4)]
    for n in range(500):
        assert queue.put(batch(n))
    queue.finish()
    for reader in readers:
        reader.join(10)
    assert sorted(seen) == list(range(500))


def test_a_failed_read_ends_the_writers_with_an_error() -> None:
    queue = BatchQueue(SCHEMA, 1 << 20)
    queue.put(batch(1))
    queue.fail(ValueError("torn"))
    assert not queue.put(batch(2))
    with pytest.raises(QueueFailed):
        queue.reader().read_all()


def test_a_closed_queue_frees_a_put_that_waits_and_wants_no_more() -> None:
    queue = BatchQueue(SCHEMA, 8)
    queue.put(batch(1))
    answers: list[bool] = []
    putting = in_thread(lambda: answers.append(queue.put(batch(2))))
    queue.close()
    putting.join(5)
    assert answers == [False]
    assert queue.reader().read_all().num_rows == 0

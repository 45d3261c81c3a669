"""The ledger of embedded databases gives each stream its own newest checkpoint."""

import sqlite3
from datetime import UTC, datetime

from headwater.sdk.destination import Committed
from headwater.toolkit.load_ledger import LoadLedger

COLUMNS = "position, load_id, pipeline, stream, table_name, committed_at, checkpoint, written, deduplicated, changed"
AT = datetime(2026, 1, 1, tzinfo=UTC).isoformat()


def ledger_of(*rows: tuple[int, str, str, str]) -> LoadLedger:
    """Rows of (position, pipeline, stream, checkpoint)."""
    connection = sqlite3.connect(":memory:")
    ledger = LoadLedger("ledger", lambda sql, values: connection.execute(sql, tuple(values)).fetchall())
    ledger.create()
    for position, pipeline, stream, checkpoint in rows:
        values = (position, f"load-{position}", pipeline, stream, stream, AT, checkpoint, 1, 0, "{}")
        connection.execute(f"INSERT INTO ledger ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    return ledger


def checkpoints(ledger: LoadLedger, pipeline: str) -> list[tuple[str, object]]:
    return [(found.stream, found.value["at"]) for found in ledger.checkpoints(pipeline)]


def test_loads_that_committed_at_once_and_share_a_position_do_not_bring_an_old_checkpoint_back() -> None:
    ledger = ledger_of(
        (1, "p", "orders", '{"at": "old"}'),
        (1, "p", "customers", '{"at": "only"}'),
        (2, "p", "orders", '{"at": "new"}'),
    )

    assert checkpoints(ledger, "p") == [("customers", "only"), ("orders", "new")]


def test_a_checkpoint_of_another_pipeline_is_not_given_out() -> None:
    ledger = ledger_of((1, "mine", "orders", '{"at": "mine"}'), (1, "other", "orders", '{"at": "other"}'))

    assert checkpoints(ledger, "mine") == [("orders", "mine")]


def test_a_later_commit_without_a_checkpoint_hides_the_earlier_one() -> None:
    ledger = ledger_of((1, "p", "orders", '{"at": "old"}'))
    ledger.record(
        ("p", "orders", "orders"), None, load_id=None, committed=Committed(0), now=datetime(2026, 1, 2, tzinfo=UTC)
    )

    assert checkpoints(ledger, "p") == []


def test_old_loads_are_forgotten_stream_by_stream() -> None:
    ledger = ledger_of((1, "p", "customers", '{"at": "only"}'))
    for number in range(50):
        done, now = Committed(number), datetime(2026, 1, 2, tzinfo=UTC)
        ledger.record(("p", "orders", "orders"), {"at": number}, load_id=f"load {number}", committed=done, now=now)

    assert checkpoints(ledger, "p") == [("customers", "only"), ("orders", 49)]
    remembered = [number for number in range(50) if ledger.committed(f"load {number}", "orders")]
    assert remembered == list(range(30, 50))

"""The transaction every read runs in: read only, repeatable, on a shared snapshot, with text formats that do not vary.

The settings are local to the transaction, so a pooler that hands the connection on sees none of them.
Source: PostgreSQL manual, 9.28.5 Snapshot Synchronization Functions; 20.11 Client Connection Defaults.
"""

from __future__ import annotations

from headwater.connectors.postgres.connect import Connection
from headwater.connectors.postgres.quoting import literal

_FIXED = {
    "search_path": "pg_catalog",
    "standard_conforming_strings": "on",
    "datestyle": "ISO, YMD",
    "intervalstyle": "postgres",
    "timezone": "UTC",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "xmloption": "content",
    # Rows come in the order of the table, also when another session scans it.
    "synchronize_seqscans": "off",
    "lock_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}


def begin_read(connection: Connection, *, snapshot: str | None, statement_timeout_s: int) -> None:
    """Open the transaction; one round trip. Raises psycopg.Error when the snapshot is gone."""
    statements = ["BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"]
    if snapshot is not None:
        statements.append(f"SET TRANSACTION SNAPSHOT {literal(snapshot)}")
    settings = {**_FIXED, "statement_timeout": f"{statement_timeout_s}s"}
    statements += [f"SET LOCAL {key} = {literal(text)}" for key, text in settings.items() if key != "search_path"]
    statements.append(f"SET LOCAL search_path = {_FIXED['search_path']}")
    connection.execute("; ".join(statements).encode())

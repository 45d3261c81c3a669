"""One snapshot for all reads of a source: exported by a connection that holds it until the source is closed.

Source: PostgreSQL manual, 9.28.5 Snapshot Synchronization Functions.
"""

from __future__ import annotations

import logging
import threading

import psycopg

from headwater.connectors.postgres.connect import Connection, Server

log = logging.getLogger(__name__)


class Snapshot:
    """Used from several threads. Where the server refuses to export, every read has a snapshot of its own."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._lock = threading.Lock()
        self._holder: Connection | None = None
        self._id: str | None = None

    def id(self) -> str | None:
        """The shared snapshot's id, exported at the first call and after its holder was lost; None when refused."""
        with self._lock:
            if self._holder is None or self._is_lost(self._holder):
                self._holder = self._server.connect()
                self._id = self._export(self._holder)
            return self._id

    def _export(self, holder: Connection) -> str | None:
        try:
            holder.execute(
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL idle_in_transaction_session_timeout = 0;"
                " SET LOCAL search_path = pg_catalog"
            )
            row = holder.execute("SELECT pg_export_snapshot()").fetchone()
        except psycopg.OperationalError:
            holder.close()
            raise
        except psycopg.Error as error:
            # A standby or a pooler may refuse; reads then go in one partition each.
            log.warning(
                "the server exports no snapshot: every table is read in one partition",
                extra={"event": "postgres.no_shared_snapshot", "server": self._server.name, "reason": error.sqlstate},
            )
            return None
        return str(row[0]) if row else None

    def _is_lost(self, holder: Connection) -> bool:
        if self._id is None:
            return holder.closed
        try:
            holder.execute("SELECT 1")
        except psycopg.Error:
            holder.close()
            return True
        return False

    def close(self) -> None:
        with self._lock:
            if self._holder is not None:
                self._holder.close()
            self._holder = None

"""The name of the wire format that both ends speak. Source: PostgreSQL manual, COPY, Binary Format."""

from __future__ import annotations

FORMAT = "postgres-copy-binary"

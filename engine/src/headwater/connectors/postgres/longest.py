"""How long the text of a row can be, where that is known without looking at the rows.

A table that has nothing in its TOAST table keeps every row within one block. What is compressed there grows at most
255 times (LZ4; pglz 91 times), quotes and hexadecimal digits double it. Source: PostgreSQL manual, 66.2 TOAST;
src/include/varatt.h. Parsers take smaller buffers then, which is a tenth of the time of a read.
"""

from __future__ import annotations

from headwater.connectors.postgres.catalog import PgTable
from headwater.connectors.postgres.connect import Connection
from headwater.connectors.postgres.types import PgColumn

# 8 KiB × 255 × 2, and what stands between the values.
LONGEST_IN_A_BLOCK = 4_500_000

_SHORT = frozenset(
    ("bool", "int2", "int4", "int8", "oid", "float4", "float8", "date", "time", "timestamp", "timestamptz")
)
_STORED_AS_PRINTED = frozenset(("text", "varchar", "bpchar", "name", "bytea", "uuid"))

_NOTHING_OUTSIDE = """
SELECT current_setting('block_size')::int8 <= 8192
    AND coalesce(pg_relation_size(nullif(reltoastrelid, 0)), 0) = 0
FROM pg_class WHERE oid = %s
"""


def longest_row(connection: Connection, table: PgTable, columns: tuple[PgColumn, ...]) -> int | None:
    """Bytes that no row's CSV text exceeds; None when only the rows could tell. To be asked after the snapshot."""
    if table.kind not in ("r", "m") or not all(_is_plain(column) for column in columns):
        return None
    row = connection.execute(_NOTHING_OUTSIDE, [table.oid]).fetchone()
    return LONGEST_IN_A_BLOCK if row is not None and row[0] else None


def _is_plain(column: PgColumn) -> bool:
    """Whether the text is about as long as what is stored, unlike that of numbers without limit, of JSON, or of what
    is computed.
    """
    kind = column.type
    if column.generated == "v" or kind.kind != "b" or kind.element is not None:
        return False
    return kind.name in _SHORT or kind.name in _STORED_AS_PRINTED or kind.decimal is not None

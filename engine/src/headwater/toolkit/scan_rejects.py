"""What DuckDB's `store_rejects` set aside during the CSV scans of one connection, as malformed records.

Three things DuckDB reports as if one record were bad mean that rows are missing, and are errors here: a quote that
never closes (it swallows what follows it), more rejects than are kept, and a line break that the reader lost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from headwater.sdk.errors import DataError
from headwater.sdk.source import Malformed
from headwater.toolkit.scan_sql import max_rejects

TEXT_CHARS = 4096

Query = Callable[[str], Sequence[tuple]]

_EXIST = "SELECT count(*) FROM duckdb_tables() WHERE temporary AND table_name = 'reject_errors'"
_ERRORS = """
    SELECT s.file_path, e.line, e.column_name, CAST(e.error_type AS VARCHAR), e.error_message,
           left(e.csv_line, 4096), contains(rtrim(e.csv_line, chr(13) || chr(10)), chr(10)), s.quote
    FROM reject_errors e JOIN reject_scans s USING (scan_id, file_id)
    ORDER BY s.file_path, e.line, e.line_byte_position, e.column_idx
"""
_CROWDED = "SELECT s.file_path FROM reject_errors e JOIN reject_scans s USING (scan_id, file_id) GROUP BY ALL HAVING"


def rejected_records(query: Query, *, limit: int = max_rejects) -> tuple[Malformed, ...]:
    """One entry per record, in file order. `query` runs SQL on the scans' connection and gives all rows.

    Raises DataError when rows were lost. `limit` is the scans' `rejects_limit`.
    """
    if not query(_EXIST)[0][0]:
        return ()
    for (file,) in query(f"{_CROWDED} count(*) >= {limit:d} LIMIT 1"):
        raise DataError(
            f"{file}: {limit:,} or more values could not be read; the file is not what it was taken for",
            hint="declare its delimiter, quote or columns, or set all_text: true and cast later",
            code="files.too_many_malformed",
        )
    records = groupby(query(_ERRORS), key=lambda row: (row[0], row[1], row[5]))
    return tuple(_record(list(rows)) for _, rows in records)


def _record(rows: list[tuple]) -> Malformed:
    file, line, column, kind, _, text, many_lines, quote = rows[0]
    quote = quote or '"'
    if kind == "UNQUOTED VALUE" and (many_lines or text.count(quote) % 2):
        raise DataError(
            f"{file}:{line}: a quote is opened in column {column!r} and never closed",
            hint=f"close it, or set quote to another character than {quote}; from here: {text[:80]!r}",
            code="files.unclosed_quote",
        )
    message = "; ".join(dict.fromkeys(_plain(row) for row in rows))
    return Malformed(file, int(line), column, message, (text or "")[:TEXT_CHARS])


def _plain(row: tuple) -> str:
    message = str(row[4]).strip().split("\n", 1)[0]
    match row[3]:
        case "MISSING COLUMNS" | "TOO MANY COLUMNS":
            return message.replace("Expected Number of Columns:", "columns expected:").replace(" Found:", ", found:")
        case "INVALID ENCODING":
            return "bytes that are not UTF-8"
        case "UNQUOTED VALUE":
            return "text after a closing quote"
        case _:
            return message

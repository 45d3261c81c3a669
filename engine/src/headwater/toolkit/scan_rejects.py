"""What DuckDB's `store_rejects` set aside during the CSV scans of one connection, as malformed records.

Two things that DuckDB reports as if one record were bad mean that rows are missing, and are errors here: a quote that
never closes (it swallows what follows it), and more rejects than are kept. DuckDB counts records where it says "line":
here the line is that of the file, found again by the record's first byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from headwater.sdk.errors import DataError
from headwater.sdk.source import Malformed
from headwater.toolkit.scan_sql import max_rejects

TEXT_CHARS = 4096

Query = Callable[[str], Sequence[tuple]]

_EXIST = "SELECT count(*) FROM duckdb_tables() WHERE temporary AND table_name = 'reject_errors'"
_ERRORS = """
    SELECT s.file_path, e.line, e.column_name, CAST(e.error_type AS VARCHAR), e.error_message,
           left(e.csv_line, 4096), contains(rtrim(e.csv_line, chr(13) || chr(10)), chr(10)), s.quote,
           e.line_byte_position
    FROM reject_errors e JOIN reject_scans s USING (scan_id, file_id)
    ORDER BY s.file_path, e.line_byte_position, e.column_idx
"""
_CROWDED = "SELECT s.file_path FROM reject_errors e JOIN reject_scans s USING (scan_id, file_id) GROUP BY ALL HAVING"


def rejected_records(
    query: Query, *, limit: int = max_rejects, content: Callable[[str], Iterable[bytes]] | None = None
) -> tuple[Malformed, ...]:
    """One entry per record, in file order. `query` runs SQL on the scans' connection and gives all rows.

    `content` gives the bytes that DuckDB read under a file's name; by default the file's own, if it is a plain file.
    Raises DataError when rows were lost. `limit` is the scans' `rejects_limit`.
    """
    if not query(_EXIST)[0][0] or not query("SELECT count(*) FROM reject_errors")[0][0]:
        return ()
    for (file,) in query(f"{_CROWDED} count(*) >= {limit:d} LIMIT 1"):
        raise too_many_malformed(file, limit)
    found: list[Malformed] = []
    for file, rows in groupby(query(_ERRORS), key=lambda row: row[0]):
        records = [list(record) for _, record in groupby(rows, key=lambda row: row[8])]
        lines = physical_lines((content or _content)(file), [record[0][8] - 1 for record in records])
        found += [_record(record, line) for record, line in zip(records, lines, strict=True)]
    return tuple(found)


def physical_lines(content: Iterable[bytes], positions: Sequence[int]) -> list[int | None]:
    """The line, from 1, that holds each byte position; positions ascend. None where the content does not reach."""
    lines: list[int | None] = []
    start, newlines, returns = 0, 0, 0
    for chunk in content:
        seen = 0
        while len(lines) < len(positions) and positions[len(lines)] < start + len(chunk):
            here = positions[len(lines)] - start
            newlines, returns = newlines + chunk.count(b"\n", seen, here), returns + chunk.count(b"\r", seen, here)
            seen = here
            lines.append((newlines or returns) + 1)
        if len(lines) == len(positions):
            return lines
        newlines, returns = newlines + chunk.count(b"\n", seen), returns + chunk.count(b"\r", seen)
        start += len(chunk)
    return [*lines, *[None] * (len(positions) - len(lines))]


def _content(file: str) -> Iterator[bytes]:
    if not Path(file).is_file():
        return
    with open(file, "rb") as opened:
        while chunk := opened.read(1 << 20):
            yield chunk


def too_many_malformed(file: str, limit: int) -> DataError:
    return DataError(
        f"{file}: {limit:,} or more values could not be read; the file is not what it was taken for",
        hint="declare its delimiter, quote or columns, or set all_text: true and cast later",
        code="files.too_many_malformed",
    )


def _record(rows: list[tuple], line: int | None) -> Malformed:
    file, record, column, kind, _, text, many_lines, quote, _ = rows[0]
    line = int(record) if line is None else line
    quote = quote or '"'
    # A quote inside a quoted field shows in its line, closed again. In a large file the line shown may be another one.
    if kind == "UNQUOTED VALUE" and (many_lines or text.count(quote) < 2 or text.count(quote) % 2):
        raise DataError(
            f"{file}:{line}: a quote is opened in column {column!r} and never closed",
            hint=f"close it, or set quote to another character than {quote}",
            code="files.unclosed_quote",
        )
    message = "; ".join(dict.fromkeys(_plain(row) for row in rows))
    return Malformed(file, line, column, message, (text or "")[:TEXT_CHARS])


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

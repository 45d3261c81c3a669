"""DuckDB's errors while it reads files, in Headwater's words."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from headwater.connectors.files.text_input import TextFile
from headwater.sdk.errors import DataError, HeadwaterError, InternalError, SchemaChanged, TransientError


def read_error(error: duckdb.Error | pa.ArrowException | OSError, files: Sequence[TextFile]) -> HeadwaterError:
    text = str(error)
    first = text.strip().split("\n", 1)[0]
    named = next((item.file.path for item in files if item.file.path in text), files[0].file.path if files else "?")
    match error:
        case duckdb.OutOfMemoryException():
            return DataError(
                f"{named}: reading needs more memory than it may use",
                hint="very long records do that; is this file what its name says?",
                code="files.out_of_memory",
            )
        case duckdb.InterruptException():
            return closed(named)
        case duckdb.IOException() if "No files found" in text or "Cannot open file" in text:
            return SchemaChanged(f"{named} is gone since the read was planned", hint="run again", code="files.changed")
        case duckdb.IOException() | OSError() if "No space left" in text:
            return TransientError(f"{named}: {first}", hint="free space on the disk", code="files.disk_full")
        case _:
            pass
    if "invalid state" in text:
        return DataError(
            f"{named}: lines end in different ways, or a quote stands where none may",
            hint="write the file with one kind of line end",
            code="files.mixed_line_ends",
        )
    if isinstance(
        error, (duckdb.IOException, duckdb.InvalidInputException, duckdb.ConversionException, duckdb.DataError)
    ):
        return DataError(f"{named}: {first}", hint="is the file whole, and of this format?", code="files.unreadable")
    return InternalError(f"{named}: {type(error).__name__}: {first}", code="internal.read_failed")


def closed(place: str) -> TransientError:
    return TransientError(f"{place}: the source was closed during a read", hint="run again", code="files.closed")

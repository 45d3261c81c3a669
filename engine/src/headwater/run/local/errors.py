"""Foreign errors in Headwater's words, at the one place where they enter the engine."""

from __future__ import annotations

import re
from collections.abc import Sequence

import duckdb
import pyarrow as pa

from headwater.plan.model import Scan
from headwater.sdk.errors import Cancelled, DataError, HeadwaterError, InternalError, TransientError

# A text in quotes, from the first to the last; the digits of a type, which stay; a number.
_VALUE = re.compile(r"'.*'|\"[^\"]*\"|\(\d+(?:,\d+)?\)|(?<![\w.])[-+]?\d[\w.:+-]*")
_OWN_VALUE = re.compile(r"(holds a value that is no [^:]+): .*")
_OUT_OF_SPACE = ("No space left", "out of disk", "failed to offload")


def read_failure(error: BaseException, scan: Scan) -> HeadwaterError:
    """What ended the read of a stream, as an error that names the stream."""
    place = f"stream {scan.stream.name!r}" + (f" of {scan.source!r}" if scan.source else "")
    match error:
        case HeadwaterError():
            return error
        case duckdb.InterruptException():
            return Cancelled("the run was cancelled")
        case duckdb.OutOfMemoryException():
            return DataError(
                f"{place}: the chain needs more memory than the engine may use ({first_line(error)})",
                hint="raise `engine.memory`, or avoid very large values and blocking steps",
                code="engine.out_of_memory",
            )
        case duckdb.IOException() | OSError() if any(words in str(error) for words in _OUT_OF_SPACE):
            return TransientError(f"{place}: {first_line(error)}", hint="free disk space", code="transient.disk_full")
        case duckdb.ConversionException() | duckdb.OutOfRangeException() | duckdb.InvalidInputException():
            return DataError(
                f"{place}: {without_values(first_line(error), scan.stream.schema.names)}",
                hint="cast the column with `cast`, which sets rows that do not fit aside; in a query use TRY_CAST",
                code="data.invalid_value",
            )
        case pa.ArrowInvalid():
            return DataError(f"{place}: {first_line(error)}", code="data.invalid_value")
        case duckdb.Error():
            return InternalError(f"{place}: {first_line(error)}", code="engine.query_failed")
        case MemoryError():
            return DataError(
                f"{place}: out of memory",
                hint="lower `engine.parallelism`, so that fewer streams are moved at once",
                code="engine.out_of_memory",
            )
        case _:
            return InternalError(f"{place}: {type(error).__name__}: {first_line(error)}", code="internal.read_failed")


def load_failure(error: BaseException, *, destination: str, table: str) -> HeadwaterError:
    """What ended one load, as an error that names destination and table."""
    if isinstance(error, HeadwaterError):
        return error
    place = f"destination {destination!r}, table {table!r}"
    return InternalError(f"{place}: {type(error).__name__}: {first_line(error)}", code="internal.write_failed")


def without_values(message: str, names: Sequence[str] = ()) -> str:
    """DuckDB quotes the value it failed on, and not everybody who reads a log may see it. Names of columns stay."""

    def struck(found: re.Match[str]) -> str:
        return found[0] if found[0][1:-1] in names or found[0].startswith("(") else "…"

    shortened = _OWN_VALUE.sub(r"\1", message)
    return _VALUE.sub(struck, shortened)


def first_line(error: BaseException) -> str:
    return str(error).strip().split("\n", 1)[0][:500]

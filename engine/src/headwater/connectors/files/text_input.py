"""Bytes of a CSV or JSON file as UTF-8: decompressed, decoded, with one kind of line end where the file mixes them.

Always lazy and bounded: a few chunks are in memory, whatever the file's size or the length of its lines; a line longer
than a record may be is an error. Bytes that are not of the encoding come through as bytes that are not UTF-8, so that
the reader behind rejects exactly the record they stand in.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

import pyarrow as pa

from headwater.connectors.files.formats import DataFile
from headwater.sdk.errors import DataError, HeadwaterError
from headwater.toolkit.scan_sql import max_record_bytes
from headwater.toolkit.storage import Storage, storage_error

_CHUNK_BYTES = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PLAIN = ("utf-8", "utf-8-sig", "ascii")


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text file and how its bytes are to be taken. `mixed` says that LF, CR LF or CR stand side by side."""

    file: DataFile
    encoding: str = "utf-8"
    mixed: bool = False
    quote: str = '"'

    @property
    def is_plain(self) -> bool:
        """Whether DuckDB may read the file as it lies there."""
        return self.file.compression is None and self.encoding in _PLAIN and not self.mixed


def read_head(storage: Storage, file: DataFile, size_bytes: int) -> bytes:
    """The first bytes, decompressed; fewer than asked for only when the file ends."""
    parts: list[bytes] = []
    with opened(storage, file) as stream, _readable(file):
        while size_bytes > 0 and (part := stream.read(min(size_bytes, _CHUNK_BYTES))):
            parts.append(bytes(part))
            size_bytes -= len(part)
    return b"".join(parts)


def encoding_of(head: bytes, configured: str) -> str:
    """What a byte order mark says, else what is configured, else UTF-8."""
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if configured == "auto":
        return marked or "utf-8"
    return "utf-8-sig" if configured == "utf-8" and marked == "utf-8-sig" else configured


def has_mixed_line_ends(head: bytes, quote: str) -> bool:
    """Whether records of this UTF-8 text end in more than one way; DuckDB reads only one way per file."""
    outside = b"".join(head.split(quote.encode())[::2]) if quote else head
    pairs, returns, newlines = outside.count(b"\r\n"), outside.count(b"\r"), outside.count(b"\n")
    # A head may end between CR and LF.
    lone_returns = returns - pairs - (1 if outside.endswith(b"\r") and pairs else 0)
    return sum(count > 0 for count in (pairs, lone_returns, newlines - pairs)) > 1


def utf8(storage: Storage, text: TextFile) -> Iterator[bytes]:
    """The file's text in UTF-8 without a byte order mark. Raises DataError naming the file."""
    with opened(storage, text.file) as stream, _readable(text.file):
        chunks = iter(lambda: bytes(stream.read(_CHUNK_BYTES)), b"")
        decoded = chunks if text.encoding == "utf-8" else _decoded(chunks, text)
        ended = _with_newlines(decoded, text.quote) if text.mixed else decoded
        yield from check_lines(ended, text.file.path)


@contextmanager
def opened(storage: Storage, file: DataFile) -> Iterator[BinaryIO]:
    with storage.open(file.path) as raw:
        if file.compression is None:
            yield raw
            return
        with pa.CompressedInputStream(pa.PythonFile(raw, mode="r"), file.compression) as stream:
            yield stream


@contextmanager
def _readable(file: DataFile) -> Iterator[None]:
    try:
        yield
    except HeadwaterError:
        raise
    except (OSError, pa.ArrowException) as error:
        if file.compression is None:
            raise storage_error(error, f"cannot read {file.path}") from error
        raise DataError(
            f"{file.path} is no whole {file.compression} file: {str(error).split('. ', 1)[0]}",
            hint="it was probably cut off while it was copied; get it again",
            code="files.damaged_compression",
        ) from error


def _decoded(chunks: Iterable[bytes], text: TextFile) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(text.encoding)(errors="surrogateescape")
    line = 1
    for chunk, final in _with_end(chunks):
        try:
            decoded = decoder.decode(chunk, final)
        except UnicodeError as error:
            raise DataError(
                f"{text.file.path}: after line {line}: bytes that are not {text.encoding} ({error.reason})"
                if isinstance(error, UnicodeDecodeError)
                else f"{text.file.path} is not {text.encoding}: {error}",
                hint="set encoding to that of the file",
                code="files.invalid_encoding",
            ) from error
        line += decoded.count("\n")
        yield decoded.encode("utf-8", "surrogateescape")


def _with_end(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    for chunk in chunks:
        yield chunk, False
    yield b"", True


def _with_newlines(chunks: Iterable[bytes], quote: str) -> Iterator[bytes]:
    """CR LF and CR outside of quotes become LF; a quote that is doubled opens and closes again, which is the same."""
    inside, carried = False, b""
    mark = quote.encode()
    for chunk, final in _with_end(chunks):
        whole = carried + chunk
        cut = len(whole) - 1 if whole.endswith(b"\r") and not final else len(whole)
        whole, carried = whole[:cut], whole[cut:]
        parts = whole.split(mark) if mark else [whole]
        for at, part in enumerate(parts):
            if at:
                inside = not inside
            if not inside:
                parts[at] = part.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        yield mark.join(parts)


def check_lines(chunks: Iterable[bytes], path: str, *, limit: int = max_record_bytes) -> Iterator[bytes]:
    """The chunks unchanged. Raises DataError once a line is longer than a record may be."""
    length, line = 0, 1
    for chunk in chunks:
        last = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        length = len(chunk) - last - 1 if last >= 0 else length + len(chunk)
        line += chunk.count(b"\n")
        if length > limit:
            raise too_long(path, line, limit)
        yield chunk


def check_plain_lines(storage: Storage, file: DataFile, *, limit: int = max_record_bytes) -> None:
    """The same for a file that DuckDB reads by itself: looks only for one line end in every `limit` bytes.

    DuckDB would skip a line that is longer than its buffer without a word.
    """
    position, size = 0, file.entry.size_bytes
    with storage.open(file.path) as stream, _readable(file):
        while size - position > limit:
            found = _last_line_end(stream, position, position + limit)
            if found is None:
                stream.seek(0)
                line = sum(chunk.count(b"\n") for chunk in _until(stream, position)) + 1
                raise too_long(file.path, line, limit)
            position = found + 1


def _last_line_end(stream: BinaryIO, start: int, end: int) -> int | None:
    step = 4096
    while end > start:
        begin = max(start, end - step)
        stream.seek(begin)
        block = stream.read(end - begin)
        at = max(block.rfind(b"\n"), block.rfind(b"\r"))
        if at >= 0:
            return begin + at
        end, step = begin, min(step * 4, _CHUNK_BYTES)
    return None


def _until(stream: BinaryIO, end: int) -> Iterator[bytes]:
    while end > 0 and (chunk := stream.read(min(end, _CHUNK_BYTES))):
        end -= len(chunk)
        yield chunk


def too_long(path: str, line: int, limit: int) -> DataError:
    return DataError(
        f"{path}:{line}: a line is longer than {limit:,} bytes",
        hint="a record may be that long; is this a text file, and is its last line ended?",
        code="files.record_too_long",
    )

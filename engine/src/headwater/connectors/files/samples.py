"""The heads of text files: what types, dialects and keys are found from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from headwater.connectors.files.config import FilesConfig
from headwater.connectors.files.formats import DataFile
from headwater.connectors.files.text_input import TextFile, encoding_of, has_mixed_line_ends, read_head
from headwater.sdk.errors import DataError
from headwater.toolkit.scan_sql import max_record_bytes
from headwater.toolkit.storage import Storage

_SMALLEST_HEAD = 64 << 10
# Types are looked for in this many files of a table; names of columns in all of them.
SAMPLED_FILES = 200


@dataclass(frozen=True, slots=True)
class Head:
    """`text` is UTF-8 without a byte order mark, with line ends as they are; `whole`: the file has no more."""

    file: TextFile
    text: bytes
    whole: bool

    @property
    def lines(self) -> bytes:
        """The text up to its last line end, or all of a whole file."""
        last = max(self.text.rfind(b"\n"), self.text.rfind(b"\r"))
        return self.text if self.whole or last < 0 else self.text[: last + 1]


def read_heads(storage: Storage, files: Sequence[DataFile], config: FilesConfig, quote: str) -> Iterator[Head]:
    """One per file. Raises DataError for a line that is longer than a record may be."""
    budget = int(config.sample_mb * (1 << 20))
    size = max(min(_SMALLEST_HEAD, budget), budget // max(1, len(files)))
    for file in files:
        raw = read_head(storage, file, size)
        whole = len(raw) < size
        if not whole and b"\n" not in raw and b"\r" not in raw:
            raw = read_head(storage, file, max_record_bytes + 1)
            whole = len(raw) <= max_record_bytes
            if not whole and b"\n" not in raw and b"\r" not in raw:
                raise _endless(file)
        encoding = encoding_of(raw, config.encoding)
        text = TextFile(file, encoding, quote=quote)
        head = _decoded(raw, encoding)
        mixed = has_mixed_line_ends(head, quote) if file.format == "csv" else False
        yield Head(replace(text, mixed=mixed), head, whole)


def _decoded(raw: bytes, encoding: str) -> bytes:
    if encoding == "utf-8":
        return raw
    errors = "surrogateescape" if not encoding.startswith(("utf-16", "utf-32")) else "replace"
    # A head may end inside a character, which is then not part of it.
    text = raw.decode(encoding, errors)
    return text.encode("utf-8", "surrogateescape").removeprefix(b"\xef\xbb\xbf")


def _endless(file: DataFile) -> DataError:
    return DataError(
        f"{file.path}:1: a line is longer than {max_record_bytes:,} bytes",
        hint="a record may be that long; is this a text file of the declared encoding?",
        code="files.record_too_long",
    )

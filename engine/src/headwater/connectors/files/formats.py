"""What a file's name says: its format, its compression, and the name of its stream."""

from __future__ import annotations

from dataclasses import dataclass

from headwater.connectors.files.config import FilesConfig, Format
from headwater.toolkit.storage import Entry

_FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
}
_COMPRESSIONS = {".gz": "gzip", ".gzip": "gzip", ".zst": "zstd", ".zstd": "zstd"}
EXTENSIONS: dict[Format, str] = {"csv": ".csv", "parquet": ".parquet", "json": ".jsonl"}


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file that holds rows. `compression` is that of the whole file; Parquet compresses inside."""

    entry: Entry
    format: Format
    compression: str | None

    @property
    def path(self) -> str:
        return self.entry.path


def data_file(entry: Entry, config: FilesConfig, *, chosen: bool = False) -> DataFile | None:
    """The file as the config sees it; None when it is none of ours. `chosen`: the url names this very file."""
    if entry.is_folder or (entry.name.startswith((".", "_")) and not chosen):
        return None
    _, extensions = split_name(entry.name)
    by_name: Format | None = next((_FORMATS[item] for item in extensions if item in _FORMATS), None)
    wanted: Format | None = None if config.format == "auto" else config.format
    if by_name != wanted and wanted is not None and not chosen:
        return None
    format: Format | None = wanted or by_name
    if format is None:
        return None
    compressed = next((_COMPRESSIONS[item] for item in extensions if item in _COMPRESSIONS), None)
    compression = compressed if config.compression == "auto" else config.compression
    return DataFile(entry, format, None if compression == "none" or format == "parquet" else compression)


def split_name(name: str) -> tuple[str, tuple[str, ...]]:
    """`flights.csv.gz` as (`flights`, (`.csv`, `.gz`)); only extensions that mean something are split off."""
    found: list[str] = []
    stem = name
    for known in (_COMPRESSIONS, _FORMATS):
        dot = stem.rfind(".")
        if dot > 0 and stem[dot:].lower() in known:
            found.insert(0, stem[dot:].lower())
            stem = stem[:dot]
    return stem, tuple(found)


def stream_name(name: str) -> str:
    """A file's name without what tells its format; an unknown last extension goes too."""
    stem, extensions = split_name(name)
    if not any(item in _FORMATS for item in extensions) and "." in stem[1:]:
        return stem[: stem.rfind(".")]
    return stem

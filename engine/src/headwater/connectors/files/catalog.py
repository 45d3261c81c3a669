"""Which streams there are below a `url`: name → files, by the rules of docs/connectors/files.md.

    a file                             one stream, named by the file
    a glob                             one stream, named by the last folder before the first wildcard
    a folder with a commit log         one stream, named by the table; its files are those of the log
    any other folder                   every data file directly in it is a stream; every folder below it whose own data
                                       files have one format is a stream, else each of its files is one

Names that begin with `.` or `_` are passed over. Of two streams with one name, files keep their extension.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from glob import has_magic

from headwater.connectors.files.commit_log import CommitLog, TableState
from headwater.connectors.files.config import FilesConfig
from headwater.connectors.files.formats import DataFile, data_file, stream_name
from headwater.sdk.errors import ConfigError, TransientError
from headwater.toolkit.storage import Entry, Storage, is_pattern

_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Table:
    """The files of one stream. `state` is there for tables that Headwater wrote."""

    name: str
    files: tuple[DataFile, ...]
    state: TableState | None = None


def find_tables(storage: Storage, root: str, config: FilesConfig) -> dict[str, Table]:
    """Streams by name, in name order. Raises ConfigError when there is nothing at the url."""
    if is_pattern(root):
        found = [_of_pattern(storage, root, config)]
    else:
        entry = storage.stat(root)
        if entry is None:
            raise ConfigError(
                f"there is no file or folder {root}", hint="check the connector's url", code="files.not_found"
            )
        found = _of_folder(storage, root, config) if entry.is_folder else [_of_file(entry, config)]
    return {table.name: table for table in sorted(_told_apart(found), key=lambda table: table.name)}


def _of_file(entry: Entry, config: FilesConfig) -> Table:
    file = data_file(entry, config, chosen=True)
    if file is None:
        raise ConfigError(
            f"the name of {entry.path} does not say its format",
            hint="set format: csv, parquet or json",
            code="files.unknown_format",
        )
    return Table(stream_name(entry.name), (file,))


def _of_pattern(storage: Storage, pattern: str, config: FilesConfig) -> Table:
    entries = storage.glob(pattern)
    files = [file for entry in entries if (file := data_file(entry, config, chosen=config.format != "auto"))]
    if not files:
        raise ConfigError(
            f"no data file matches {pattern}",
            hint="check the connector's url and format",
            code="files.not_found",
        )
    _one_format(files, pattern)
    parts = pattern.split("/")
    fixed = parts[: next(at for at, part in enumerate(parts) if has_magic(part))]
    return Table(next((part for part in reversed(fixed) if part), "files"), tuple(files))


def _of_folder(storage: Storage, root: str, config: FilesConfig) -> list[Table]:
    if (own := _logged(storage, root)) is not None:
        return [own] if own.state and own.state.schema is not None else []
    loose, folders = _content(storage, root, config)
    found = [Table(stream_name(file.entry.name), (file,)) for file in loose]
    for folder in folders:
        found += _below(storage, folder, folder.name, config, depth=1)
    return found


def _below(storage: Storage, folder: Entry, name: str, config: FilesConfig, *, depth: int) -> Iterator[Table]:
    if (own := _logged(storage, folder.path)) is not None:
        if own.state and own.state.schema is not None:
            yield Table(posixpath.join(posixpath.dirname(name), own.name), own.files, own.state)
        return
    files, folders = _content(storage, folder.path, config)
    if len({file.format for file in files}) == 1:
        yield Table(name, tuple(files))
    else:
        for file in files:
            yield Table(f"{name}/{stream_name(file.entry.name)}", (file,))
    if depth < _DEEPEST:
        for below in folders:
            yield from _below(storage, below, f"{name}/{below.name}", config, depth=depth + 1)


def _content(storage: Storage, folder: str, config: FilesConfig) -> tuple[list[DataFile], list[Entry]]:
    entries = storage.list(folder)
    files = [file for entry in entries if (file := data_file(entry, config))]
    return files, [entry for entry in entries if entry.is_folder and not entry.name.startswith((".", "_"))]


def _logged(storage: Storage, folder: str) -> Table | None:
    """The table whose commit log lies in this folder, if any."""
    state = CommitLog(storage, folder).read()
    if state is None:
        return None
    files: list[DataFile] = []
    for live in state.files:
        path = f"{folder}/{live.path}"
        entry = storage.stat(path)
        if entry is None:
            raise TransientError(
                f"{path} is gone: the table was replaced while it was being looked at",
                hint="run again",
                code="files.changed",
            )
        files.append(DataFile(entry, state.format, live.compression))
    return Table(state.table, tuple(files), state)


def _one_format(files: list[DataFile], place: str) -> None:
    formats = sorted({file.format for file in files})
    if len(formats) > 1:
        raise ConfigError(
            f"{place} matches files of several formats: {', '.join(formats)}",
            hint="narrow the glob, or set format",
            code="files.mixed_formats",
        )


def _told_apart(found: list[Table]) -> Iterator[Table]:
    counts = Counter(table.name for table in found)
    for table in found:
        own_name = table.files[0].entry.name if len(table.files) == 1 else ""
        if (
            counts[table.name] == 1
            or not own_name
            or table.state
            or stream_name(own_name) != posixpath.basename(table.name)
        ):
            yield table
        else:
            yield Table(posixpath.join(posixpath.dirname(table.name), own_name), table.files)

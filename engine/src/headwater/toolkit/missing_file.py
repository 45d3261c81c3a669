"""The error about a database file that is read before there is one."""

from __future__ import annotations

from pathlib import Path

from headwater.sdk.errors import ConfigError

_SHOWN = 20


def missing_file(place: str, path: Path, *, code: str) -> ConfigError:
    """Names what lies beside it: most often the name is misspelt. A file that a pipeline writes may only be new."""
    folder = path.parent
    near = sorted(item.name for item in folder.iterdir() if item.is_file()) if folder.is_dir() else []
    beside = f"the folder has: {', '.join(near[:_SHOWN])}" if near else f"the folder {str(folder)!r} has no files"
    return ConfigError(
        f"{place}: there is no such file",
        hint=f"{beside}; the first run that writes to it makes it",
        code=code,
    )

"""The server's secret key: given, in a file, or made once and kept in the home folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from headwater_server.kit.encryption import Sealer
from headwater_server.settings import BadSettings, Settings, weakness

FILE = "secret.key"


def sealer(settings: Settings) -> Sealer:
    """Raises BadSettings."""
    return Sealer(secret_key(settings), [key.get_secret_value() for key in settings.previous_secret_keys])


def secret_key(settings: Settings) -> str:
    """Raises BadSettings for a key that is missing, unreadable or weak."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    if settings.secret_key_file is not None:
        return _read(settings.secret_key_file)
    file = settings.home / FILE
    if not file.exists():
        settings.home.mkdir(parents=True, exist_ok=True)
        _write_once(file, secrets.token_urlsafe(48))
    return _read(file)


def _write_once(file: Path, key: str) -> None:
    """Whole or not at all, and by one process only: two that start together keep the same key."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.write(key + "\n")
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _read(file: Path) -> str:
    try:
        key = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise BadSettings(f"the secret key in {file} cannot be read: {reason}") from error
    if wrong := weakness(key):
        raise BadSettings(f"the secret key in {file} {wrong}")
    return key

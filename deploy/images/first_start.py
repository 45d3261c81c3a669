"""Makes the secrets of a deployment, once, where they were not given: the key that seals values, and the password of
the database. What is there is kept; what is given and differs is refused, because the old value would be lost.
"""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

KEY, PASSFILE = Path("/run/headwater/secret.key"), Path("/run/headwater/pgpass")
# A volume of its own, which only the database mounts beside this: its account has another number.
PASSWORD = Path("/run/headwater-db/password")
FOR_US, FOR_ALL = 0o400, 0o444


def main() -> None:
    settle(KEY, os.environ.get("HEADWATER_SECRET_KEY", ""), "HEADWATER_SECRET_KEY", FOR_US)
    password = settle(PASSWORD, os.environ.get("HEADWATER_DB_PASSWORD", ""), "HEADWATER_DB_PASSWORD", FOR_ALL)
    escaped = password.replace("\\", "\\\\").replace(":", "\\:")
    write(PASSFILE, f"*:*:*:*:{escaped}\n", 0o600)


def settle(file: Path, given: str, name: str, mode: int) -> str:
    """The value that holds from now on: the one in the file, else the given one, else a new one."""
    kept = file.read_text(encoding="utf-8").strip() if file.exists() else ""
    if kept and given and kept != given:
        sys.exit(
            f"first start: {name} is not the value that this deployment was set up with, which is kept in {file}.\n"
            f"Unset it to go on with the old one. docs/how-to/deploy-with-compose.md says how to change it."
        )
    if not kept:
        write(file, given or secrets.token_urlsafe(48), mode)
        print(f"first start: {file} {'holds what was given' if given else 'made'}")
    return kept or file.read_text(encoding="utf-8").strip()


def write(file: Path, text: str, mode: int) -> None:
    """Whole or not at all."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
    draft.chmod(mode)
    draft.replace(file)


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.exit(
            f"first start: {error.filename} cannot be used: {error.strerror}. The volumes at {KEY.parent} and "
            f"{PASSWORD.parent} must be readable and writable for the account {os.getuid()}:{os.getgid()}."
        )

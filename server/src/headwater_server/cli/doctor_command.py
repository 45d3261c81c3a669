"""`headwater doctor`: looks at everything a server needs, and says what is wrong and what to do."""

from __future__ import annotations

import socket
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import click
from sqlalchemy.ext.asyncio import AsyncSession

from headwater.cli import failures
from headwater.sdk.errors import HeadwaterError
from headwater_server.calls import repository as call_repository
from headwater_server.catalog.service import catalog
from headwater_server.cli import start
from headwater_server.cli.work_on import work_on
from headwater_server.db.embedded.programs import find_programs
from headwater_server.db.migrate import require_current
from headwater_server.db.reach import place, wait_for_database
from headwater_server.kit.secret_key import FILE, secret_key
from headwater_server.settings import Settings

_LEASE_S = 15.0
_COLOURS = {"ok": "green", "note": "yellow", "wrong": "red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, and what was found."""

    verdict: Literal["ok", "note", "wrong"]
    what: str
    says: str
    hint: str | None = None


Look = Callable[[Settings], Iterator[Finding]]


@click.command("doctor")
@failures.reported
def command() -> None:
    """Look for what is wrong: settings, home folder, secret key, database, schema, workers, port, plugins.

    Changes nothing. Leaves with 1 when something is wrong.
    """
    settings = start.settings_for("doctor")
    wrong = False
    for look in LOOKS:
        for finding in _found(look, settings):
            wrong |= finding.verdict == "wrong"
            click.echo(
                f"{click.style(f'{finding.verdict:<6}', fg=_COLOURS[finding.verdict])}{finding.what}: {finding.says}"
            )
            if finding.hint:
                click.echo(f"      {finding.hint}")
    raise SystemExit(int(wrong))


def _found(look: Look, settings: Settings) -> Iterator[Finding]:
    """An error that a look raises is what it found."""
    try:
        yield from look(settings)
    except HeadwaterError as error:
        yield Finding("wrong", look.__name__.strip("_").replace("_", " "), error.message, error.hint)


def _settings(settings: Settings) -> Iterator[Finding]:
    yield Finding("ok", "settings", f"{settings.environment}, {settings.address}, log level {settings.log_level}")
    if not settings.is_loopback and not settings.secure_cookies:
        hint = "put a proxy with TLS in front, and set HEADWATER_BASE_URL=https://…"
        yield Finding("note", "settings", "reachable from outside, without https", hint)


def _home(settings: Settings) -> Iterator[Finding]:
    if not settings.home.exists():
        yield Finding("note", "home", f"{settings.home} is not there yet; it is made at the first start")
        return
    mode = stat.S_IMODE(settings.home.stat().st_mode)
    yield Finding("ok", "home", f"{settings.home} (mode {mode:03o})")
    for name in (FILE, "database.url", "postgres.password"):
        file = settings.home / name
        if file.exists() and stat.S_IMODE(file.stat().st_mode) & 0o077:
            yield Finding("wrong", "home", f"others may read {file}", f"chmod 600 {file}")


def _secret_key(settings: Settings) -> Iterator[Finding]:
    given = settings.secret_key is not None or settings.secret_key_file is not None
    if not given and not (settings.home / FILE).exists():
        yield Finding("note", "secret key", "there is none yet; one is made at the first start")
        return
    secret_key(settings)
    source = "from the settings" if given else f"{settings.home / FILE}: back it up, apart from the database"
    yield Finding("ok", "secret key", source)


def _database(settings: Settings) -> Iterator[Finding]:
    if settings.database_url is None:
        programs = find_programs()
        yield Finding("ok", "database", f"embedded PostgreSQL from {programs}")
    url = start.known_url(settings)
    wait_for_database(url, 0)
    yield Finding("ok", "database", f"{place(url)} answers")
    require_current(url)
    start.require_key(settings, url)
    yield Finding("ok", "schema", "up to date, and sealed with this secret key")
    workers = work_on(settings, _workers)
    verdict = "ok" if workers else "wrong"
    yield Finding(verdict, "workers", f"{workers} alive", None if workers else "start one: headwater worker")


async def _workers(session: AsyncSession) -> int:
    return await call_repository.live_workers(session, _LEASE_S)


def _port(settings: Settings) -> Iterator[Finding]:
    with socket.socket() as probe:
        probe.settimeout(1)
        answers = probe.connect_ex(("127.0.0.1" if settings.is_loopback else settings.host, settings.port)) == 0
    yield Finding("ok" if answers else "note", "port", f"{settings.port} {'answers' if answers else 'is free'}")


def _plugins(settings: Settings) -> Iterator[Finding]:
    known = catalog()
    yield Finding("ok", "plugins", f"{len(known.connector_types)} connectors, {len(known.processor_types)} processors")
    for kind, name in known.all_types():
        try:
            known.schema(kind, name)
        except HeadwaterError as error:
            yield Finding("note", "plugins", error.message, error.hint)


LOOKS: tuple[Look, ...] = (_settings, _home, _secret_key, _database, _port, _plugins)

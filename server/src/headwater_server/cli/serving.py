"""`headwater serve`, step by step: database, schema, key, first administrator, processes; and back again."""

from __future__ import annotations

import asyncio
import http.client
import logging
import signal
import socket
import time
from collections.abc import Callable
from types import FrameType

import click

from headwater.sdk.errors import HeadwaterError, TransientError
from headwater_server.cli import start
from headwater_server.cli.children import WRONG, Child, stop_all
from headwater_server.cli.first_admin import first_link
from headwater_server.cli.listening import listen, reachable
from headwater_server.db.embedded.server import EmbeddedPostgres
from headwater_server.db.migrate import migrate_up, require_current
from headwater_server.db.reach import wait_for_database
from headwater_server.settings import BadSettings, Settings

_LOOK_S = 0.1
_READY_S = 60.0
log = logging.getLogger(__name__)


class Serving:
    """Everything that one `headwater serve` runs. Call `run` from the main thread."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._postgres: EmbeddedPostgres | None = None
        self._children: list[Child] = []
        self._stops = 0

    def run(self) -> None:
        """Until SIGINT or SIGTERM; a second one does not wait for anybody. Raises what keeps it from starting."""
        handlers = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)}
        listening = listen(self._settings.host, self._settings.port)
        settings = self._settings.model_copy(update={"port": listening.getsockname()[1]})
        try:
            url = self._database()
            self._prepare(url)
            self._children = _children(settings, url, listening)
            self._serve(settings, url, listening)
        finally:
            stop_all(self._children, 0.0 if self._stops > 1 else settings.stop_grace_s)
            listening.close()
            if self._postgres is not None:
                self._postgres.stop()
            for number, handler in handlers.items():
                signal.signal(number, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stops += 1
        if self._stops == 1:
            click.echo("stopping (again: do not wait)", err=True)
        for child in self._children if self._stops > 1 else ():
            child.tell(signal.SIGKILL)

    def _database(self) -> str:
        given = self._settings.database_url
        if given is not None:
            start.require_home(self._settings)
            wait_for_database(given.get_secret_value(), self._settings.database_wait_s)
            return given.get_secret_value()
        self._postgres = EmbeddedPostgres(self._settings.home)
        return self._postgres.start()

    def _prepare(self, url: str) -> None:
        if self._settings.migrate:
            migrate_up(url)
        else:
            require_current(url)
        start.require_key(self._settings, url)

    def _serve(self, settings: Settings, url: str, listening: socket.socket) -> None:
        for child in self._children:
            child.start()
        address = settings.address
        if self._waited_until(lambda: _answers(listening)):
            click.echo(f"Headwater is at {address}")
            link = asyncio.run(first_link(url, address))
            if link is not None:
                click.echo(f"Sign in as the first administrator (once, within 24 hours): {link}")
        while not self._stops:
            self._look_after()
            time.sleep(_LOOK_S)

    def _waited_until(self, ready: Callable[[], bool]) -> bool:
        """False when it is told to stop meanwhile. Raises when the API does not come up."""
        deadline = time.monotonic() + _READY_S
        while not self._stops:
            self._look_after()
            if ready():
                return True
            if time.monotonic() > deadline:
                raise TransientError("the API did not answer in time", hint="its log says why", code="server.not_up")
            time.sleep(_LOOK_S)
        return False

    def _look_after(self) -> None:
        if self._postgres is not None and self._postgres.has_ended():
            self._revive(self._postgres)
        for child in self._children:
            if child.look_after() == WRONG and child.ended_at_once:
                raise BadSettings(f"{child.name} cannot run with these settings", hint="its message stands above")

    def _revive(self, postgres: EmbeddedPostgres) -> None:
        log.error("the embedded PostgreSQL has ended; it is started again", extra={"event": "database.ended"})
        try:
            postgres.restart()
        except HeadwaterError as error:
            log.error(
                "the embedded PostgreSQL does not start", extra={"event": "database.down", "reason": error.message}
            )
            time.sleep(1.0)


def _children(settings: Settings, url: str, listening: socket.socket) -> list[Child]:
    """They get the database by their environment: what stands in argv, everybody can read."""
    environment = {
        "HEADWATER_DATABASE_URL": url,
        "HEADWATER_HOME": str(settings.home),
        "HEADWATER_HOST": settings.host,
        "HEADWATER_PORT": str(settings.port),
        "HEADWATER_WORKER_CONCURRENCY": str(settings.worker_concurrency),
    }
    api = Child("server", ["server", "--fd", str(listening.fileno())], environment, [listening.fileno()])
    scheduler = Child("scheduler", ["scheduler"], environment)
    workers = [Child(f"worker {number}", ["worker"], environment) for number in range(1, settings.workers + 1)]
    return [api, scheduler, *workers]


def _answers(listening: socket.socket) -> bool:
    """Whether the API is ready for requests."""
    host, port = listening.getsockname()[:2]
    asked = http.client.HTTPConnection(reachable(host), port, timeout=5)
    try:
        asked.request("GET", "/api/readyz")
        return asked.getresponse().status == 200
    except OSError:
        return False
    finally:
        asked.close()

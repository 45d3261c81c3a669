"""`headwater health`: for container and service managers, which ask by exit code."""

from __future__ import annotations

import http.client
import socket

import click
from sqlalchemy.ext.asyncio import AsyncSession

from headwater.cli import failures
from headwater.sdk.errors import TransientError
from headwater_server.calls import repository as call_repository
from headwater_server.cli import start
from headwater_server.cli.listening import reachable
from headwater_server.cli.work_on import work_on
from headwater_server.settings import Settings

_FRESH_S = 30.0


@click.command("health")
@click.option("--worker", is_flag=True, help="Ask for a worker of this host instead of the API.")
@failures.reported
def command(worker: bool) -> None:  # noqa: FBT001 - click passes flags by keyword
    """Leave with 0 when the API of this host is ready (or, with --worker, a worker is alive), and with 1 when not."""
    settings = start.settings_for("health")
    if worker:
        _require_worker(settings)
    else:
        _require_api(settings)
    click.echo("well")


def _require_worker(settings: Settings) -> None:
    host = socket.gethostname()

    async def task(session: AsyncSession) -> bool:
        return await call_repository.has_worker_on(session, host, _FRESH_S)

    if not work_on(settings, task):
        raise TransientError(f"no worker of {host} is alive", hint="headwater worker", code="health.no_worker")


def _require_api(settings: Settings) -> None:
    host = reachable(settings.host)
    asked = http.client.HTTPConnection(host, settings.port, timeout=5)
    try:
        asked.request("GET", "/api/readyz")
        answer = asked.getresponse()
        text = answer.read(2000).decode(errors="replace")
    except OSError as error:
        raise TransientError(f"{host}:{settings.port} does not answer: {error}", code="health.no_api") from error
    finally:
        asked.close()
    if answer.status != 200:
        raise TransientError(f"the API is not ready: {text}", code="health.not_ready")

"""`headwater secret-key`: a new key, and everything sealed again with it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

import click
from sqlalchemy.ext.asyncio import AsyncSession

from headwater.cli import failures
from headwater_server.catalog.configs import secret_name
from headwater_server.catalog.service import StepKind
from headwater_server.cli import start
from headwater_server.cli.work_on import work_on
from headwater_server.connectors import repository as connector_repository
from headwater_server.db.instance import reseal_check
from headwater_server.kit.encryption import Sealer
from headwater_server.kit.secret_key import sealer
from headwater_server.processors import repository as processor_repository
from headwater_server.secrets import repository as secret_repository


@click.group("secret-key")
def command() -> None:
    """Make a secret key, and seal everything again with a new one."""


@command.command("new")
def new_key() -> None:
    """Print a random key for HEADWATER_SECRET_KEY."""
    click.echo(secrets.token_urlsafe(48))


@command.command("rotate")
@failures.reported
def rotate() -> None:
    """Seal every secret again with HEADWATER_SECRET_KEY; the old key stands in HEADWATER_PREVIOUS_SECRET_KEYS.

    Safe to run at any time and any number of times. When it is done, the old key can go from the settings of all
    processes, once the runs have ended that began before.
    """
    settings = start.settings_for("secret-key")
    keys = sealer(settings)
    count = work_on(settings, lambda session: _reseal(session, keys))
    click.echo(f"{count} sealed again; the newest key seals everything now")


async def _reseal(session: AsyncSession, keys: Sealer) -> int:
    count = 0
    for connector in await connector_repository.all_of_them(session):
        fresh = _fresh(keys, "connector", connector.name, connector.sealed)
        count += len(fresh)
        connector.sealed = {**connector.sealed, **fresh}
    for processor in await processor_repository.all_of_them(session):
        fresh = _fresh(keys, "processor", processor.name, processor.sealed)
        count += len(fresh)
        processor.sealed = {**processor.sealed, **fresh}
    for secret in await secret_repository.all_of_them(session):
        if not keys.is_current(secret.sealed):
            secret.sealed = keys.seal(keys.unseal(secret.sealed, secret.name), secret.name)
            count += 1
    await reseal_check(session, keys)
    return count


def _fresh(keys: Sealer, kind: StepKind, name: str, sealed: Mapping[str, str]) -> dict[str, str]:
    """What an earlier key has sealed, sealed by the newest."""
    found: dict[str, str] = {}
    for path, value in sealed.items():
        if not keys.is_current(value):
            context = secret_name(kind, name, path)
            found[path] = keys.seal(keys.unseal(value, context), context)
    return found

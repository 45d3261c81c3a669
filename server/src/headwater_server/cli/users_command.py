"""`headwater users`: on the server itself, with its database; for the first administrator and for emergencies."""

from __future__ import annotations

import click
from sqlalchemy.ext.asyncio import AsyncSession

from headwater.cli import failures
from headwater.cli.text import columns
from headwater.sdk.errors import UnknownName
from headwater_server.auth import repository, service
from headwater_server.auth.models import User
from headwater_server.auth.permissions import ROLES, Role
from headwater_server.auth.schemas import UserIn
from headwater_server.cli import start
from headwater_server.cli.work_on import work_on

_MANY = 10_000


@click.group("users")
def command() -> None:
    """List and add users, and make sign-in links, on the server's own database."""


@command.command("list")
@failures.reported
def list_users() -> None:
    """All users, their roles, and whether they may sign in."""
    found = work_on(start.settings_for("users"), lambda session: repository.users(session, _MANY, None))
    rows = [("email", "name", "role", "may sign in")]
    rows += [(user.email, user.name, user.role, "yes" if user.enabled else "no") for user in found]
    click.echo(columns(rows))


@command.command("add")
@click.argument("email")
@click.option("--name", help="Default: what stands before the @.")
@click.option("--role", type=click.Choice(ROLES), default="viewer", show_default=True)
@failures.reported
def add_user(email: str, name: str | None, role: Role) -> None:
    """Add a user, and print a link that signs them in once."""
    settings = start.settings_for("users")

    async def task(session: AsyncSession) -> str:
        wanted = UserIn(email=email, name=name or email.partition("@")[0], role=role)
        user = await service.add_user(session, wanted)
        return (await service.make_link(session, user.id, settings.address))[0]

    click.echo(work_on(settings, task))


@command.command("link")
@click.argument("email")
@failures.reported
def make_link(email: str) -> None:
    """Print a link that signs a user in once, within the next 24 hours."""
    settings = start.settings_for("users")

    async def task(session: AsyncSession) -> str:
        user = await by_email(session, email)
        return (await service.make_link(session, user.id, settings.address))[0]

    click.echo(work_on(settings, task))


async def by_email(session: AsyncSession, email: str) -> User:
    """Raises UnknownName with the nearest address."""
    user = await repository.user_by_email(session, email)
    if user is None:
        known = [item.email for item in await repository.users(session, _MANY, None)]
        raise UnknownName("user", email, known, place="this server", code="users.not_found")
    return user

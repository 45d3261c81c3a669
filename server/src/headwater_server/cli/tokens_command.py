"""`headwater tokens`: on the server itself, with its database."""

from __future__ import annotations

from uuid import UUID

import click
from sqlalchemy.ext.asyncio import AsyncSession

from headwater.cli import failures
from headwater.cli.text import columns
from headwater.sdk.errors import ConfigError
from headwater_server.auth import repository, service
from headwater_server.auth.permissions import ROLES, Role
from headwater_server.auth.schemas import TokenIn, TokenOut
from headwater_server.cli import start
from headwater_server.cli.users_command import by_email
from headwater_server.cli.work_on import work_on

_MANY = 10_000

user = click.option("--user", "email", required=True, metavar="EMAIL", help="Whose token it is.")


@click.group("tokens")
def command() -> None:
    """Make, list and revoke API tokens, on the server's own database."""


@command.command("create")
@user
@click.option("--name", default="cli", show_default=True, help="What it is for.")
@click.option("--role", type=click.Choice(ROLES), help="Never more than the user's, which is the default.")
@click.option("--days", type=click.IntRange(1, 3650), help="Good for so many days. Default: until it is revoked.")
@failures.reported
def create_token(email: str, name: str, role: Role | None, days: int | None) -> None:
    """Print a new token. It is shown this once."""

    async def task(session: AsyncSession) -> str:
        owner = await by_email(session, email)
        wanted = TokenIn(name=name, role=role, expires_in_days=days)
        return (await service.make_token(session, owner, wanted, repository.role_of(owner.role))).token

    click.echo(work_on(start.settings_for("tokens"), task))


@command.command("list")
@user
@failures.reported
def list_tokens(email: str) -> None:
    """A user's tokens, without their text."""

    async def task(session: AsyncSession) -> list[TokenOut]:
        owner = await by_email(session, email)
        return [service.token_out(item) for item in await repository.tokens(session, owner.id, _MANY, None)]

    rows = [("id", "name", "role", "token", "used", "expires")]
    for token in work_on(start.settings_for("tokens"), task):
        moments = [f"{moment:%Y-%m-%d %H:%M}" if moment else "never" for moment in (token.used_at, token.expires_at)]
        rows.append((str(token.id), token.name, token.role, token.hint, moments[0], moments[1]))
    click.echo(columns(rows))


@command.command("revoke")
@user
@click.argument("token_id", type=click.UUID)
@failures.reported
def revoke_token(email: str, token_id: UUID) -> None:
    """Revoke a token by its id: it opens nothing any more."""

    async def task(session: AsyncSession) -> bool:
        return await repository.delete_token(session, (await by_email(session, email)).id, token_id)

    if not work_on(start.settings_for("tokens"), task):
        raise ConfigError(f"{email} has no token {token_id}", hint="see headwater tokens list", code="tokens.not_found")

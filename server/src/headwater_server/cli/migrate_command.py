"""`headwater migrate [up|down|status]`."""

from __future__ import annotations

import click

from headwater.cli import failures
from headwater_server.cli import start
from headwater_server.db.migrate import Standing, migrate_down, migrate_up, standing


@click.command("migrate")
@click.argument("action", type=click.Choice(["up", "down", "status"]), default="up")
@click.option("--to", "revision", metavar="REVISION", help="Stop at this revision; down goes back one without it.")
@failures.reported
def command(action: str, revision: str | None) -> None:
    """Bring the database's schema to this version (up), one back (down), or say where it stands (status).

    Down deletes what the newer schema holds; make a backup first.
    """
    url = start.database_url(start.settings_for("migrate"))
    if action == "up":
        _tell(migrate_up(url, revision or "head"))
    elif action == "down":
        _tell(migrate_down(url, revision or "-1"))
    else:
        _tell(found := standing(url))
        raise SystemExit(0 if found.is_current else 1)


def _tell(found: Standing) -> None:
    click.echo(f"schema {found.current or 'empty'}")
    if found.is_newer:
        click.echo(f"made by a newer version; this one knows up to {found.wanted}")
    elif found.pending:
        click.echo(f"pending: {', '.join(found.pending)}")
    else:
        click.echo("up to date")

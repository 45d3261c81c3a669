"""`headwater diff`."""

from __future__ import annotations

import json

import click

from headwater.cli import failures, options
from headwater_server.cli.apply_command import prune, send, show
from headwater_server.cli.remote import server_url


@click.command("diff")
@options.project_file
@server_url
@prune
@options.as_json
@failures.reported
def command(file: str, url: str, prune: bool, as_json: bool) -> None:  # noqa: FBT001 - click passes by keyword
    """Show what `headwater apply` would change. Leaves with 1 when that is something, and with 0 when it is nothing."""
    applied = send(url, file, prune=prune, dry_run=True)
    if as_json:
        click.echo(json.dumps(applied, ensure_ascii=False))
    else:
        show(applied)
    raise SystemExit(any(change["action"] != "none" for change in applied["changes"]))

"""`headwater export`."""

from __future__ import annotations

from pathlib import Path

import click

from headwater.cli import failures
from headwater.sdk.errors import ConfigError
from headwater_server.cli.remote import Remote, server_url


@click.command("export")
@server_url
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write to this file instead of stdout.")
@failures.reported
def command(url: str, output: str | None) -> None:
    """Print the configuration of a server as a project file. A stored secret is a reference to itself."""
    text = Remote(url).get("/api/export").text
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        Path(output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{output} cannot be written: {error.strerror}", code="cli.cannot_write") from error

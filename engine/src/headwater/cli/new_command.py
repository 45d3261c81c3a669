"""`headwater new connector|processor NAME`."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import click

from headwater.cli import failures
from headwater.cli.scaffold import Kind, folder_name, render, write


@click.command("new")
@click.argument("kind", metavar="connector|processor", type=click.Choice(["connector", "processor"]))
@click.argument("name")
@click.option(
    "--into",
    default=".",
    show_default=True,
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the package's folder is made.",
)
@failures.reported
def command(kind: str, name: str, into: Path) -> None:
    """Make a package with a connector or processor of your own, whose tests pass at once."""
    rendered = render(cast("Kind", kind), name)
    folder = into / folder_name(name)
    write(rendered, folder)
    click.echo(folder)
    click.echo(f"next: cd {folder} && pip install -e '.[test]' && pytest", err=True)

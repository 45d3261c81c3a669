"""`headwater decrypt`."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

import click

from headwater.cli import failures
from headwater.run.decrypt import TokenSettings, keys_from, undo


@click.command("decrypt")
@click.argument("values", type=click.File("r", encoding="utf-8"), default="-")
@click.option(
    "--key",
    "keys",
    multiple=True,
    required=True,
    metavar="[VERSION=]REFERENCE",
    help="Where the key is: env:NAME, file:/path or secret:NAME. Once for each version; version 1 needs not be named.",
)
@click.option("--domain", default="", help="The domain that the values were made with.")
@click.option("--alphabet", help="The values are tokens of this alphabet, not encrypted values.")
@click.option("--separators", default=" -./()+", show_default=True, help="For tokens: as in the project file.")
@click.option("--keep-first", default=0, help="For tokens: as in the project file.")
@click.option("--keep-last", default=0, help="For tokens: as in the project file.")
@failures.reported
def command(
    values: TextIO,
    keys: tuple[str, ...],
    domain: str,
    alphabet: str | None,
    separators: str,
    keep_first: int,
    keep_last: int,
) -> None:
    """Read VALUES (a file, or stdin), one a line, and print them as they were before `anonymize` changed them.

    A line that is empty stays empty. The key itself is never an argument: other users of the machine see those.
    """
    tokens = None if alphabet is None else TokenSettings(alphabet, separators, keep_first, keep_last)
    way_back = undo(keys_from(keys, Path.cwd()), domain, tokens)
    for text in values:
        click.echo(way_back(text.rstrip("\n")) + b"\n", nl=False)

"""Options that several commands share."""

from __future__ import annotations

import click

project_file = click.option(
    "-f",
    "--file",
    "file",
    default="headwater.yaml",
    show_default=True,
    envvar="HEADWATER_FILE",
    help="The project file, or the folder that holds headwater.yaml.",
)
overrides = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="PATH=VALUE",
    help="Change a value for this call: --set pipelines.orders.engine.threads=4. Not for secrets: use ${env:NAME}.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on stdout.")

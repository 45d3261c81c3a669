"""`headwater plugins`."""

from __future__ import annotations

import json

import click

from headwater.cli import failures, options
from headwater.cli.text import columns
from headwater.registry import installed


@click.command("plugins")
@options.as_json
@failures.reported
def command(as_json: bool) -> None:
    """List connector and processor types, and the package each comes from."""
    registry = installed()
    connectors, processors = registry.connector_types(), registry.processor_types()
    if as_json:
        found = {
            "connectors": [
                {
                    "type": c.name,
                    "source": c.source,
                    "destination": c.destination,
                    "package": c.distribution,
                    "version": c.version,
                }
                for c in connectors
            ],
            "processors": [{"type": p.name, "package": p.distribution, "version": p.version} for p in processors],
        }
        click.echo(json.dumps(found))
        return
    rows = [("connector", "source", "destination", "package")]
    rows += [
        (c.name, "yes" if c.source else "-", "yes" if c.destination else "-", f"{c.distribution} {c.version}")
        for c in connectors
    ]
    click.echo(columns(rows))
    click.echo()
    click.echo(columns([("processor", "package"), *((p.name, f"{p.distribution} {p.version}") for p in processors)]))

"""`headwater schema [TYPE]`."""

from __future__ import annotations

import json
from collections.abc import Mapping

import click

from headwater.cli import failures
from headwater.registry import Registry, installed
from headwater.sdk.errors import UnknownName
from headwater.spec.json_schema import plugin_json_schema, project_json_schema


@click.command("schema")
@click.argument("type_name", metavar="[TYPE]", required=False)
@failures.reported
def command(type_name: str | None) -> None:
    """Print the JSON Schema of the project file, for editors, or of one connector or processor TYPE's config."""
    registry = installed()
    schema = (
        project_json_schema(registry.connector_configs(), registry.processor_configs())
        if type_name is None
        else _of_type(type_name, registry)
    )
    click.echo(json.dumps(schema, indent=2, ensure_ascii=False))


def _of_type(name: str, registry: Registry) -> Mapping[str, object]:
    for kind in ("source", "destination", "processor"):
        if name in registry.names(kind):
            return plugin_json_schema(registry.config_type(kind, name))
    known = {known for kind in ("source", "destination", "processor") for known in registry.names(kind)}
    raise UnknownName("type", name, known, place="headwater schema")

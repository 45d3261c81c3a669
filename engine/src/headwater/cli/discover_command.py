"""`headwater discover CONNECTOR`."""

from __future__ import annotations

import json

import click

import headwater
from headwater.cli import failures, options
from headwater.cli.signals import stoppable
from headwater.cli.text import columns, number
from headwater.run.session import Session
from headwater.sdk.stream import Stream
from headwater.toolkit.arrow_types import field_type_name


@click.command("discover")
@click.argument("connector")
@options.project_file
@options.overrides
@click.option("--match", default="*", show_default=True, metavar="GLOB", help="Only streams of this name.")
@options.as_json
@failures.reported
def command(connector: str, file: str, overrides: tuple[str, ...], match: str, as_json: bool) -> None:
    """List the streams of CONNECTOR, with columns, types, keys and cursor candidates."""
    session = headwater.load(file, overrides=overrides)
    streams = stoppable("discover", lambda: _streams(session, connector, match))
    if as_json:
        found = [_json(stream) for stream in streams]
        click.echo(json.dumps({"connector": connector, "streams": found}, ensure_ascii=False))
        return
    click.echo("\n\n".join(_text(stream) for stream in streams) or "no streams")


def _streams(session: Session, connector: str, match: str) -> list[Stream]:
    page = session.discover(connector, match)
    streams = list(page.streams)
    while page.next is not None:
        page = session.discover(connector, match, after=page.next)
        streams += page.streams
    return streams


def _json(stream: Stream) -> dict[str, object]:
    return {
        "name": stream.name,
        "primary_key": list(stream.primary_key),
        "cursor_candidates": list(stream.cursor_candidates),
        "row_estimate": stream.row_estimate,
        "size_bytes": stream.size_bytes,
        "columns": [{"name": f.name, "type": field_type_name(f), "nullable": f.nullable} for f in stream.schema],
    }


def _text(stream: Stream) -> str:
    about = f", about {number(stream.row_estimate)} rows" if stream.row_estimate is not None else ""
    rows = [("column", "type", "", "")]
    for field in stream.schema:
        key = "key" if field.name in stream.primary_key else ""
        cursor = "cursor" if field.name in stream.cursor_candidates else ""
        rows.append((field.name, field_type_name(field) + ("" if field.nullable else " not null"), key, cursor))
    return f"{click.style(stream.name, bold=True)}{about}\n{columns(rows, indent='  ')}"

"""`headwater state show|reset PIPELINE`."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

import headwater
from headwater.cli import failures, options
from headwater.cli.signals import stoppable
from headwater.cli.text import columns
from headwater.run.state import StreamState


@click.group("state")
def command() -> None:
    """Show or reset where the streams of a pipeline stand, as their destinations hold it."""


@command.command("show")
@click.argument("pipeline")
@options.project_file
@options.overrides
@options.as_json
@failures.reported
def show(pipeline: str, file: str, overrides: tuple[str, ...], as_json: bool) -> None:
    """Show the checkpoint of every stream of PIPELINE."""
    session = headwater.load(file, overrides=overrides)
    _print(stoppable("state show", lambda: session.state(pipeline)), as_json=as_json)


@command.command("reset")
@click.argument("pipeline")
@options.project_file
@options.overrides
@click.option("--stream", metavar="NAME", help="Only this stream. Default: all.")
@options.as_json
@failures.reported
def reset(pipeline: str, file: str, overrides: tuple[str, ...], stream: str | None, as_json: bool) -> None:
    """Forget where PIPELINE's streams stand: the next run reads from the beginning. Tables stay as they are."""
    forgotten = headwater.load(file, overrides=overrides).reset(pipeline, stream=stream)
    click.echo(f"forgot {len(forgotten)} checkpoints", err=True)
    _print(forgotten, as_json=as_json)


def _print(states: Sequence[StreamState], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([state.as_dict() for state in states], ensure_ascii=False))
        return
    rows = [("stream", "table", "committed", "stands at")]
    for state in states:
        when = state.committed_at.isoformat(timespec="seconds") if state.committed_at else "never"
        rows.append((state.stream, f"{state.destination}.{state.table}", when, _value(state)))
    click.echo(columns(rows))


def _value(state: StreamState) -> str:
    cursor = (state.value or {}).get("cursor")
    if isinstance(cursor, dict):
        return f"{cursor.get('column')} = {cursor.get('value')}"
    return "-" if state.value is None else "all rows"

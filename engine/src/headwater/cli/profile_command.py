"""`headwater profile PIPELINE`."""

from __future__ import annotations

import json

import click

import headwater
from headwater.cli import failures, options
from headwater.cli.signals import stoppable
from headwater.spec.dump import dump_data


@click.command("profile")
@click.argument("pipeline")
@options.project_file
@options.overrides
@click.option("--stream", metavar="NAME", help="Only this stream.")
@click.option("--after", type=int, metavar="N", help="Look after step N; 0 is as read. Default: as delivered.")
@click.option("--rows", default=10_000, show_default=True, type=click.IntRange(1, 1_000_000), help="Rows per stream.")
@options.as_json
@failures.reported
def command(
    pipeline: str,
    file: str,
    overrides: tuple[str, ...],
    stream: str | None,
    after: int | None,
    rows: int,
    as_json: bool,
) -> None:
    """Propose quality rules for PIPELINE's streams from their first rows, as a step for the project file."""
    session = headwater.load(file, overrides=overrides)
    found = stoppable("profile", lambda: session.profile(pipeline, stream=stream, after=after, rows=rows))
    if as_json:
        click.echo(
            json.dumps({"pipeline": pipeline, "streams": [item.as_dict() for item in found]}, ensure_ascii=False)
        )
        return
    for item in found:
        click.echo(f"# proposed from {item.rows:,} rows of {item.stream}, after {item.after}; all rules warn at first")
        click.echo(dump_data([item.step]) if item.rules else "# no rows, no rules\n", nl=False)

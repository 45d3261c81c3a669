"""`headwater preview PIPELINE`."""

from __future__ import annotations

import json

import click

import headwater
from headwater.cli import failures, options
from headwater.cli.signals import stoppable
from headwater.cli.text import cell, columns
from headwater.run.preview import Previewed


@click.command("preview")
@click.argument("pipeline")
@options.project_file
@options.overrides
@click.option("--stream", metavar="NAME", help="Only this stream.")
@click.option("--after", type=int, metavar="N", help="Show the rows after step N; 0 is as read. Default: as written.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 10_000), help="Rows per stream.")
@options.as_json
@failures.reported
def command(
    pipeline: str,
    file: str,
    overrides: tuple[str, ...],
    stream: str | None,
    after: int | None,
    limit: int,
    as_json: bool,
) -> None:
    """Show the first rows of PIPELINE's streams after any step, and the rows that were rejected on the way."""
    session = headwater.load(file, overrides=overrides)
    previews = stoppable("preview", lambda: session.preview(pipeline, stream=stream, after=after, limit=limit))
    if as_json:
        click.echo(
            json.dumps(
                {"pipeline": pipeline, "streams": [_json(item) for item in previews]},
                ensure_ascii=False,
                default=str,
            )
        )
        return
    click.echo("\n\n".join(_text(item) for item in previews))


def _json(item: Previewed) -> dict[str, object]:
    return {
        "stream": item.stream,
        "after": item.after,
        "columns": [{"name": field.name, "type": str(field.type)} for field in item.rows.schema],
        "rows": item.rows.to_pylist(),
        "rejected": item.rejected.to_pylist(),
    }


def _text(item: Previewed) -> str:
    head = click.style(f"{item.stream}, after {item.after}: {item.rows.num_rows} rows", bold=True)
    rows = [
        tuple(item.rows.column_names),
        *(tuple(cell(value) for value in row.values()) for row in item.rows.to_pylist()),
    ]
    lines = [head, columns(rows, indent="  ")]
    if item.rejected.num_rows:
        lines += ["", click.style(f"  {item.rejected.num_rows} rejected among them", fg="yellow")]
        lines += [f"  {_why(row)}: {cell(row['row'], width=120)}" for row in item.rejected.to_pylist()]
    return "\n".join(lines)


def _why(row: dict[str, list[dict[str, str]]]) -> str:
    return "; ".join(f"{rule['id']} ({rule['message']})" for rule in row["rules"])

"""`headwater quarantine list|show|replay PIPELINE`."""

from __future__ import annotations

import json
from pathlib import Path

import click

import headwater
from headwater.cli import failures, options
from headwater.cli.report_text import loads_text
from headwater.cli.signals import stopped_by_signals
from headwater.cli.text import cell, columns, number
from headwater.run.quarantine_files import Rejects, find_rejects
from headwater.run.report import CANCELLED, FAILED
from headwater.sdk.errors import ConfigError
from headwater.sdk.stream import Json

run_option = click.option(
    "--run", "run_id", metavar="RUN", help="Rows of this run. Default: the newest with open rows."
)
stream_option = click.option("--stream", metavar="NAME", help="Rows of this stream. Default: all.")


@click.group("quarantine")
def command() -> None:
    """List, show and replay rejected rows."""


@command.command("list")
@click.argument("pipeline")
@options.project_file
@options.as_json
@failures.reported
def list_(pipeline: str, file: str, as_json: bool) -> None:
    """List the runs of PIPELINE that rejected rows."""
    found = headwater.load(file).rejected(pipeline)
    if as_json:
        click.echo(json.dumps([_described(item) for item in found]))
        return
    rows = [("run", "stream", "rows", "open", "file")]
    rows += [(item.run_id, item.stream, number(item.rows), number(item.open_rows), str(item.path)) for item in found]
    click.echo(columns(rows, right=(2, 3)) if found else "no rejected rows")


@command.command("show")
@click.argument("pipeline")
@options.project_file
@run_option
@stream_option
@click.option("--limit", default=20, show_default=True, type=click.IntRange(min=1), help="Rows per stream.")
@click.option(
    "--json", "as_json", is_flag=True, help="One JSON object per row: edit it and give it to replay --edited."
)
@failures.reported
def show(pipeline: str, file: str, run_id: str | None, stream: str | None, limit: int, as_json: bool) -> None:
    """Show rejected rows of PIPELINE, with the rules they broke and where they came from."""
    session = headwater.load(file)
    for item in find_rejects(session.quarantine_home(pipeline), pipeline, run_id, stream):
        rows = item.table().slice(0, limit).to_pylist()
        if as_json:
            for position, row in enumerate(rows):
                click.echo(json.dumps(_editable(item, position, row), ensure_ascii=False))
            continue
        click.echo(click.style(f"{item.stream}, run {item.run_id}: {number(item.rows)} rows", bold=True))
        for position, row in enumerate(rows):
            click.echo(_line(position, row, replayed=position in item.replayed))


@command.command("replay")
@click.argument("pipeline")
@options.project_file
@run_option
@stream_option
@click.option(
    "--edited",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON lines as `show --json` prints them, corrected; only these rows are replayed.",
)
@options.as_json
@failures.reported
def replay(
    pipeline: str, file: str, run_id: str | None, stream: str | None, edited: Path | None, as_json: bool
) -> None:
    """Send rejected rows of PIPELINE through it again, from the step that rejected them; each is delivered once."""
    rows = None if edited is None else _read_edited(edited)
    with stopped_by_signals() as stop:
        reports = headwater.load(file).replay(pipeline, run_id=run_id, stream=stream, edited=rows, stop=stop)
    for report in reports:
        if report.error is not None:
            failures.show(report.error)
    if as_json:
        click.echo(json.dumps({"loads": [report.as_dict() for report in reports]}, ensure_ascii=False))
    else:
        click.echo(loads_text(reports) if reports else "nothing to replay")
    statuses = {report.status for report in reports}
    failures.end(failures.FAILED if FAILED in statuses else failures.CANCELLED if CANCELLED in statuses else 0)


def _described(item: Rejects) -> dict[str, Json]:
    return {
        "run_id": item.run_id,
        "stream": item.stream,
        "rows": item.rows,
        "open": item.open_rows,
        "file": str(item.path),
        "size_bytes": item.size_bytes,
    }


def _editable(item: Rejects, position: int, row: dict[str, Json]) -> dict[str, Json]:
    """The row's own columns, beside what tells where it stands (`_stream`, `_row`) and why it is here."""
    rules = row["rules"]
    about: dict[str, Json] = {"_stream": item.stream, "_run": item.run_id, "_row": position, "_step": row["step"]}
    about |= {"_rules": rules, "_file": row["file"], "_line": row["line"]}
    try:
        values = json.loads(str(row["row"]))
    except ValueError:
        values = None
    return {**about, **values} if isinstance(values, dict) else {**about, "_text": row["row"]}


def _line(position: int, row: dict[str, object], *, replayed: bool) -> str:
    rules = row["rules"]
    why = "; ".join(rule["message"] for rule in rules) if isinstance(rules, list) else ""
    place = f" {row['file']}:{row['line']}" if row["file"] else ""
    done = click.style(" replayed", fg="green") if replayed else ""
    step = f"step {row['step']} {row['step_name']}"
    return f"  {position}  {step}{place}{done}: {click.style(why, fg='yellow')}\n     {cell(row['row'], width=160)}"


def _read_edited(path: Path) -> list[dict[str, Json]]:
    rows: list[dict[str, Json]] = []
    for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not text.strip():
            continue
        try:
            row = json.loads(text)
        except ValueError as cause:
            raise ConfigError(f"{path}:{line}: not JSON ({cause})", code="config.invalid_json") from cause
        if not isinstance(row, dict):
            raise ConfigError(f"{path}:{line}: a row is a JSON object", code="config.invalid_json")
        rows.append(row)
    return rows

"""`headwater quarantine list|show|replay|dismiss|restore|export PIPELINE`."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import click

import headwater
from headwater.cli import failures, options
from headwater.cli.report_text import loads_text
from headwater.cli.signals import stopped_by_signals
from headwater.cli.text import cell, columns, number
from headwater.run.quarantine_export import ExportFormat, editable
from headwater.run.quarantine_files import find_rejects
from headwater.run.quarantine_rows import STATES, Page, RejectedRow, State, Wanted
from headwater.run.report import CANCELLED, FAILED
from headwater.sdk.errors import ConfigError
from headwater.sdk.stream import Json

run_option = click.option(
    "--run", "run_id", metavar="RUN", help="Rows of this run. Default: the newest with open rows."
)
stream_option = click.option("--stream", metavar="NAME", help="Rows of this stream. Default: all.")
rows_option = click.option(
    "--row", "rows", type=click.IntRange(min=0), multiple=True, help="The row of this number; may be given again."
)


def _filters(function: Callable[..., None]) -> Callable[..., None]:
    """Options that say which rows; together they are the argument `wanted`."""

    @wraps(function)
    def called(
        *args: Any, rule: str | None, column: str | None, state: State | None, text: str | None, **kwargs: Any
    ) -> None:
        function(*args, wanted=Wanted(rule=rule, column=column, state=state, text=text), **kwargs)

    for option in (
        click.option("--containing", "text", metavar="TEXT", help="Rows in which this text stands."),
        click.option("--state", type=click.Choice(STATES), help="Only rows in this state."),
        click.option("--column", metavar="NAME", help="Rows that broke a rule about this column."),
        click.option("--rule", metavar="RULE", help="Rows that broke this rule."),
    ):
        called = option(called)
    return called


@click.group("quarantine")
def command() -> None:
    """List, show, replay, dismiss and export rejected rows."""


@command.command("list")
@click.argument("pipeline")
@options.project_file
@options.as_json
@failures.reported
def list_(pipeline: str, file: str, as_json: bool) -> None:
    """List the runs of PIPELINE that rejected rows."""
    found = headwater.load(file).rejected(pipeline)
    if as_json:
        click.echo(json.dumps([item.as_dict() for item in found]))
        return
    rows = [("run", "stream", "rows", "open", "file")]
    rows += [(item.run_id, item.stream, number(item.rows), number(item.open_rows), str(item.path)) for item in found]
    click.echo(columns(rows, right=(2, 3)) if found else "no rejected rows")


@command.command("show")
@click.argument("pipeline")
@options.project_file
@run_option
@stream_option
@_filters
@click.option("--limit", default=20, show_default=True, type=click.IntRange(min=1), help="Rows per stream.")
@click.option("--offset", default=0, show_default=True, type=click.IntRange(min=0), help="Pass over so many first.")
@click.option("--rules", "by_rule", is_flag=True, help="How many rows broke each rule, instead of the rows.")
@click.option(
    "--json", "as_json", is_flag=True, help="One JSON object per row: edit it and give it to replay --edited."
)
@failures.reported
def show(
    pipeline: str,
    file: str,
    run_id: str | None,
    stream: str | None,
    wanted: Wanted,
    limit: int,
    offset: int,
    by_rule: bool,
    as_json: bool,
) -> None:
    """Show rejected rows of PIPELINE, with the rules they broke and where they came from."""
    session = headwater.load(file)
    if by_rule:
        _show_rules(session, pipeline, run_id, stream, as_json=as_json)
        return
    for item in find_rejects(session.quarantine_home(pipeline), pipeline, run_id, stream):
        page = session.rejected_rows(
            pipeline, run_id=item.run_id, stream=item.stream, wanted=wanted, offset=offset, limit=limit
        )
        if as_json:
            for row in page.rows:
                click.echo(json.dumps(editable(row), ensure_ascii=False))
        elif page.total:
            _show_page(page, f"{item.stream}, run {item.run_id}: {number(page.total)} rows")


def _show_page(page: Page, head: str) -> None:
    click.echo(click.style(head, bold=True))
    for row in page.rows:
        click.echo(_line(row))
    if page.next is not None:
        click.echo(f"  … go on with --offset {page.next}")


def _show_rules(
    session: headwater.Session, pipeline: str, run_id: str | None, stream: str | None, *, as_json: bool
) -> None:
    counts = session.rejected_rules(pipeline, run_id=run_id, stream=stream)
    if as_json:
        click.echo(json.dumps([item.as_dict() for item in counts], ensure_ascii=False))
        return
    rows = [("stream", "step", "rule", "column", "rows", "open", "message")]
    rows += [
        (
            item.stream,
            f"{item.step} {item.step_name}",
            item.rule,
            item.column or "",
            number(item.rows),
            number(item.open_rows),
            item.message,
        )
        for item in counts
    ]
    click.echo(columns(rows, right=(4, 5)))


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


@command.command("dismiss")
@click.argument("pipeline")
@options.project_file
@run_option
@stream_option
@rows_option
@_filters
@click.option("--all", "every", is_flag=True, help="All open rows of the run.")
@click.option("--note", required=True, help="Why; kept with the rows.")
@failures.reported
def dismiss(
    pipeline: str,
    file: str,
    run_id: str | None,
    stream: str | None,
    rows: Sequence[int],
    wanted: Wanted,
    every: bool,
    note: str,
) -> None:
    """Decide that rejected rows of PIPELINE are not to be delivered. They stay; replay passes them over."""
    _refuse_all_by_accident(rows, wanted, every=every)
    count = headwater.load(file).dismiss(
        pipeline, note=note, by=_user(), run_id=run_id, stream=stream, rows=list(rows) or None, wanted=wanted
    )
    click.echo(f"{number(count)} rows dismissed")


@command.command("restore")
@click.argument("pipeline")
@options.project_file
@run_option
@stream_option
@rows_option
@_filters
@click.option("--all", "every", is_flag=True, help="All dismissed rows of the run.")
@failures.reported
def restore(
    pipeline: str, file: str, run_id: str | None, stream: str | None, rows: Sequence[int], wanted: Wanted, every: bool
) -> None:
    """Take back that rejected rows of PIPELINE were dismissed: they are open again."""
    _refuse_all_by_accident(rows, wanted, every=every)
    count = headwater.load(file).restore(pipeline, run_id=run_id, stream=stream, rows=list(rows) or None, wanted=wanted)
    click.echo(f"{number(count)} rows open again")


@command.command("export")
@click.argument("pipeline")
@options.project_file
@run_option
@stream_option
@_filters
@click.option("--format", "to", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file, not to stdout.")
@failures.reported
def export(
    pipeline: str,
    file: str,
    run_id: str | None,
    stream: str | None,
    wanted: Wanted,
    to: ExportFormat,
    output: Path | None,
) -> None:
    """Write all rejected rows of a run of PIPELINE: JSON lines, which replay --edited takes, or CSV."""
    session = headwater.load(file)
    if output is None:
        session.export_rejected(pipeline, sys.stdout, run_id=run_id, stream=stream, wanted=wanted, to=to)
        return
    with output.open("w", encoding="utf-8", newline="") as out:
        count = session.export_rejected(pipeline, out, run_id=run_id, stream=stream, wanted=wanted, to=to)
    click.echo(f"{number(count)} rows written to {output}")


def _refuse_all_by_accident(rows: Sequence[int], wanted: Wanted, *, every: bool) -> None:
    if not (rows or every or wanted != Wanted()):
        raise ConfigError(
            "nothing says which rows",
            hint="--row NUMBER, --rule RULE, --column NAME, --containing TEXT, or --all",
            code="quarantine.which_rows",
        )


def _user() -> str | None:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return None


def _line(row: RejectedRow) -> str:
    why = "; ".join(str(rule["message"]) for rule in row.rules)
    file = "" if row.file is None else f" {_from_here(row.file)}"
    place = file if row.line is None else f"{file}:{row.line}"
    noted = f" dismissed ({row.note})" if row.state == "dismissed" else " replayed"
    done = "" if row.state == "open" else click.style(noted, fg="green")
    text = row.text if row.values is None else json.dumps(row.values, ensure_ascii=False, separators=(",", ":"))
    step = f"step {row.step} {row.step_name}"
    return f"  {row.number}  {step}{place}{done}: {click.style(why, fg='yellow')}\n     {cell(text, width=160)}"


def _from_here(file: str) -> str:
    """As one would type it: without the folder that one is in."""
    path, here = Path(file), Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else file


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

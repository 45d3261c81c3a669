"""`headwater run PIPELINE`."""

from __future__ import annotations

import json
import sys
from importlib import import_module

import click

import headwater
from headwater.cli import failures, options
from headwater.cli.report_text import report_text
from headwater.cli.signals import stopped_by_signals
from headwater.run.events import Listener, ignore
from headwater.run.report import CANCELLED, RunReport


@click.command("run")
@click.argument("pipeline")
@options.project_file
@options.overrides
@click.option(
    "--stream",
    "streams",
    multiple=True,
    metavar="NAME",
    help="Only this stream (name or glob); may be given again.",
)
@click.option("--full-refresh", is_flag=True, help="Read everything again and rebuild the tables.")
@click.option("--quiet", is_flag=True, help="No progress and no log; errors and the report only.")
@options.as_json
@failures.reported
def command(
    pipeline: str,
    file: str,
    overrides: tuple[str, ...],
    streams: tuple[str, ...],
    full_refresh: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Run PIPELINE and prove what it did."""
    with stopped_by_signals() as stop:
        session = headwater.load(file, overrides=overrides)
        shown = None if quiet else _display()
        try:
            listener: Listener = shown.listen if shown else ignore
            report = session.run(pipeline, streams=streams, full_refresh=full_refresh, listener=listener, stop=stop)
        finally:
            if shown:
                shown.close()
    for load in report.loads:
        if load.error is not None:
            failures.show(load.error)
    click.echo(json.dumps(report.as_dict(), ensure_ascii=False) if as_json else report_text(report))
    failures.end(_code(report))


def _display():
    kind = "progress_bars" if sys.stderr.isatty() else "json_log"
    return import_module(f"headwater.cli.{kind}").Display()


def _code(report: RunReport) -> int:
    if report.succeeded:
        return failures.SUCCEEDED
    return failures.CANCELLED if report.status == CANCELLED else failures.FAILED

"""`headwater run PIPELINE`."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from importlib import import_module
from types import FrameType

import click

import headwater
from headwater.cli import failures, options
from headwater.cli.report_text import report_text
from headwater.run.events import Listener
from headwater.run.report import CANCELLED, RunReport
from headwater.run.stop import StopFlag


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
    stop = StopFlag()
    _stop_on_signals(stop)
    session = headwater.load(file, overrides=overrides)
    shown = None if quiet else _display()
    try:
        listener: Listener = shown.listen if shown else (lambda event: None)
        report = session.run(pipeline, streams=streams, full_refresh=full_refresh, listener=listener, stop=stop)
    finally:
        if shown:
            shown.close()
    for load in report.loads:
        if load.error is not None:
            failures.show(load.error)
    click.echo(json.dumps(report.as_dict(), ensure_ascii=False) if as_json else report_text(report))
    _leave(_code(report))


def _display():
    kind = "progress_bars" if sys.stderr.isatty() else "json_log"
    return import_module(f"headwater.cli.{kind}").Display()


def _code(report: RunReport) -> int:
    if report.succeeded:
        return failures.SUCCEEDED
    return failures.CANCELLED if report.status == CANCELLED else failures.FAILED


def _stop_on_signals(stop: StopFlag) -> None:
    def on_signal(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            os._exit(failures.CANCELLED)
        click.echo("stopping; nothing of the unfinished loads will be visible (again: leave at once)", err=True)
        stop.set(f"the run was cancelled by {signal.Signals(number).name}")

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)


def _leave(code: int) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    if any(thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread()):
        # A driver that did not answer the cancellation still holds a thread; it must not hold the process.
        os._exit(code)
    raise SystemExit(code)

"""`headwater worker`."""

from __future__ import annotations

import asyncio

import click

from headwater.cli import failures
from headwater_server.cli import start
from headwater_server.kit.secret_key import sealer
from headwater_server.worker.main import run_worker


@click.command("worker")
@click.option("--concurrency", type=click.IntRange(1, 256), help="Runs at a time. Default: 2.")
@failures.reported
def command(concurrency: int | None) -> None:
    """Execute runs, as many at a time as asked. Needs the server's database and its secret key, and nothing else."""
    settings = start.settings_for("worker", worker_concurrency=concurrency)
    start.require_home(settings)
    url = start.ready_database(settings)
    asyncio.run(run_worker(settings, url, sealer(settings)))

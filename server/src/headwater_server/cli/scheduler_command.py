"""`headwater scheduler`."""

from __future__ import annotations

import asyncio

import click

from headwater.cli import failures
from headwater_server.cli import start
from headwater_server.schedules.scheduler import run_scheduler


@click.command("scheduler")
@failures.reported
def command() -> None:
    """Start runs when they are due. Any number may run on one database: each tick fires once."""
    settings = start.settings_for("scheduler")
    asyncio.run(run_scheduler(settings, start.ready_database(settings)))

"""`headwater serve`."""

from __future__ import annotations

import click

from headwater.cli import failures
from headwater_server.cli import start
from headwater_server.cli.serving import Serving


@click.command("serve")
@click.option("--host", help="Address to listen on. Default: HEADWATER_HOST, or 127.0.0.1.")
@click.option("--port", type=int, help="Port to listen on. Default: HEADWATER_PORT, or 3000.")
@click.option("--workers", type=int, help="Worker processes. Default: HEADWATER_WORKERS, or 2.")
@failures.reported
def command(host: str | None, port: int | None, workers: int | None) -> None:
    """Run everything on this machine: web UI and API, scheduler, workers, and a database when none is given.

    Ctrl-C stops it all. More workers may join from other machines: see `headwater worker`.
    """
    Serving(start.settings_for("serve", host=host, port=port, workers=workers)).run()

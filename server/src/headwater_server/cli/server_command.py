"""`headwater server`."""

from __future__ import annotations

import socket

import click

from headwater.cli import failures
from headwater_server.cli import start
from headwater_server.cli.api_process import run_api
from headwater_server.cli.listening import listen


@click.command("server")
@click.option("--host", help="Address to listen on. Default: HEADWATER_HOST, or 127.0.0.1.")
@click.option("--port", type=int, help="Port to listen on. Default: HEADWATER_PORT, or 3000.")
@click.option("--fd", type=int, hidden=True, help="A socket that listens already, from `headwater serve`.")
@failures.reported
def command(host: str | None, port: int | None, fd: int | None) -> None:
    """Run the API and the web UI alone; any number of them may run on one database."""
    settings = start.settings_for("server", host=host, port=port)
    listening = socket.socket(fileno=fd) if fd is not None else listen(settings.host, settings.port)
    run_api(settings, start.ready_database(settings), listening)

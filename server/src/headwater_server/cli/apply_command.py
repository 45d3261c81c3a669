"""`headwater apply` and, by `headwater diff`, its dry run."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import click

from headwater.cli import failures, options
from headwater.sdk.errors import ConfigError
from headwater.spec.load import DEFAULT_FILE
from headwater.spec.yaml_document import decode
from headwater_server.cli.remote import Remote, server_url

_SIGNS = {"create": ("+", "green"), "update": ("~", "yellow"), "delete": ("-", "red"), "none": (" ", None)}
_DONE = {"create": "created", "update": "updated", "delete": "deleted", "none": "unchanged"}

prune = click.option("--prune", is_flag=True, help="Delete what the file does not have.")


@click.command("apply")
@options.project_file
@server_url
@prune
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("-m", "--message", help="Why; kept with new versions of pipelines.")
@options.as_json
@failures.reported
def command(
    file: str,
    url: str,
    prune: bool,  # noqa: FBT001 - click passes flags by keyword
    dry_run: bool,  # noqa: FBT001
    message: str | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Make the configuration of a server what a project file says. Applying twice changes nothing the second time."""
    applied = send(url, file, prune=prune, dry_run=dry_run, message=message)
    if as_json:
        click.echo(json.dumps(applied, ensure_ascii=False))
    else:
        show(applied)


def send(url: str, file: str, *, prune: bool, dry_run: bool, message: str | None = None) -> dict[str, Any]:
    """What the server says it did, or would do."""
    body = {"yaml": _text(Path(file)), "prune": prune, "dry_run": dry_run, "message": message}
    return Remote(url).post("/api/apply", body).json()


def _text(file: Path) -> str:
    file = file / DEFAULT_FILE if file.is_dir() else file
    try:
        return decode(file.read_bytes(), str(file))
    except OSError as error:
        raise ConfigError(
            f"{file} cannot be read: {error.strerror}",
            hint="name a project file with -f FILE",
            code="config.no_project",
        ) from error


def show(applied: dict[str, Any]) -> None:
    """Changes as a plan that a person reads, and their number."""
    for change in applied["changes"]:
        sign, colour = _SIGNS[change["action"]]
        if change["action"] == "none":
            continue
        click.secho(f"{sign} {change['kind']} {change['name']}", fg=colour, bold=True)
        for line in change["diff"].splitlines():
            if not line.startswith(("---", "+++")):
                click.echo(f"    {_coloured(line)}")
    counts = Counter(change["action"] for change in applied["changes"])
    verb = "would be " if applied["dry_run"] else ""
    said = [f"{counts[action]} {verb if action != 'none' else ''}{done}" for action, done in _DONE.items()]
    click.echo(", ".join(said))


def _coloured(line: str) -> str:
    colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
    return click.style(line, fg=colour) if colour else line

"""`headwater contract infer PIPELINE`."""

from __future__ import annotations

import json
from pathlib import Path

import click

import headwater
from headwater.cli import failures, options
from headwater.cli.signals import stoppable
from headwater.sdk.errors import ConfigError
from headwater.spec.dump import dump_data
from headwater.toolkit.contract.write import FORMATS


@click.group("contract")
def command() -> None:
    """Make contracts for the schema processor."""


@command.command("infer")
@click.argument("pipeline")
@options.project_file
@options.overrides
@click.option("--stream", metavar="NAME", required=True, help="The stream.")
@click.option("--after", type=int, default=0, show_default=True, metavar="N", help="Look after step N; 0 is as read.")
@click.option("--rows", default=10_000, show_default=True, type=click.IntRange(1, 1_000_000), help="Rows to look at.")
@click.option("--format", "form", default="headwater", show_default=True, type=click.Choice(list(FORMATS)))
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A new file, instead of stdout.")
@failures.reported
def infer(
    pipeline: str,
    file: str,
    overrides: tuple[str, ...],
    stream: str,
    after: int,
    rows: int,
    form: str,
    output: Path | None,
) -> None:
    """Propose a contract for a stream of PIPELINE from its first rows: types, what is never empty, lists of values."""
    session = headwater.load(file, overrides=overrides)
    (found,) = stoppable(
        "contract infer", lambda: session.infer_contract(pipeline, stream=stream, after=after, rows=rows)
    )
    data = FORMATS[form](found.contract)
    if form == "json-schema":
        text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    else:
        text = f"# proposed from {found.rows:,} rows of {stream}, after {found.after}\n{dump_data(data)}"
    if output is None:
        click.echo(text, nl=False)
        return
    _write(output, text)
    click.echo(f"{output}: {len(found.contract.columns)} columns, from {found.rows:,} rows", err=True)


def _write(path: Path, text: str) -> None:
    """A contract that people have worked on is not overwritten."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as cause:
        raise ConfigError(
            f"{path} exists", hint="give another --output, or remove it", code="config.file_exists"
        ) from cause
    except OSError as cause:
        raise ConfigError(f"{path} cannot be written: {cause.strerror}", code="config.unwritable") from cause

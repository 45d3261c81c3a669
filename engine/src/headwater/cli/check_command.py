"""`headwater check PIPELINE`."""

from __future__ import annotations

import json

import click

import headwater
from headwater.cli import failures, options
from headwater.cli.signals import stoppable
from headwater.cli.text import columns
from headwater.run.explain import LoadExplained, predicate_text
from headwater.toolkit.arrow_types import field_type_name


@click.command("check")
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
@options.as_json
@failures.reported
def command(pipeline: str, file: str, overrides: tuple[str, ...], streams: tuple[str, ...], as_json: bool) -> None:
    """Connect both ends of PIPELINE and show, per load, what a run would do. Nothing is written."""
    session = headwater.load(file, overrides=overrides)
    explained = stoppable("check", lambda: session.check(pipeline, streams=streams))
    if as_json:
        click.echo(
            json.dumps({"pipeline": pipeline, "loads": [load.as_dict() for load in explained]}, ensure_ascii=False)
        )
        return
    click.echo("\n\n".join(_text(load) for load in explained))


def _text(item: LoadExplained) -> str:
    chain, load, scan = item.chain, item.load, item.chain.scan
    into = f"{load.destination}.{load.table}"
    facts = [
        ("read", f"{scan.source}, {scan.mode}" + (f" by {scan.cursor}" if scan.cursor else "")),
        ("partitions", str(len(item.partitions.items))),
        ("columns", f"{len(scan.columns)} of {len(scan.stream.schema)}"),
        (
            "pushed down",
            "; ".join(predicate_text(predicate) for predicate in item.partitions.pushed) or "nothing",
        ),
        ("write", load.write.value + (f" by {', '.join(load.key)}" if load.key else "")),
        ("delivery", f"{load.delivery.level}: {load.delivery.because}"),
    ]
    facts += [("note", note) for note in chain.notes]
    lines = [
        click.style(f"{chain.name} → {into}", bold=True),
        columns(facts, indent="  "),
        "",
        _schemas(item),
    ]
    for number, sql in enumerate(item.sql, start=1):
        lines += ["", click.style(f"  SQL {number}", dim=True), f"  {sql}"]
    return "\n".join(lines)


def _schemas(item: LoadExplained) -> str:
    """One line per column: its type as read, and after every step."""
    stages = [
        ("read", item.chain.scan.schema),
        *((f"{step.number} {step.name}", step.after) for step in item.chain.steps),
    ]
    names = list(dict.fromkeys(name for _, schema in stages for name in schema.names))
    rows = [("column", *(title for title, _ in stages))]
    for name in names:
        cells = (field_type_name(schema.field(name)) if name in schema.names else "-" for _, schema in stages)
        rows.append((name, *cells))
    return columns(rows, indent="  ")

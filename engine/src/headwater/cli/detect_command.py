"""`headwater detect PIPELINE`."""

from __future__ import annotations

import json

import click

import headwater
from headwater.cli import failures, options
from headwater.cli.signals import stoppable
from headwater.cli.text import columns
from headwater.run.detect import Detected
from headwater.toolkit.privacy.detect import Finding

_GENERALIZED = {"birth_date": ", to: year", "postcode": ", prefix: 2", "ip": ", network: 24"}


@click.command("detect")
@click.argument("pipeline")
@options.project_file
@options.overrides
@click.option("--stream", metavar="NAME", help="Only this stream.")
@click.option("--after", type=int, metavar="N", help="Look after step N; 0 is as read. Default: as delivered.")
@click.option("--rows", default=2_000, show_default=True, type=click.IntRange(3, 1_000_000), help="Rows per stream.")
@click.option("--confidence", default=0.6, show_default=True, type=click.FloatRange(0, 1), help="How sure it must be.")
@click.option("--fail", is_flag=True, help="Exit with 1 when something is found.")
@options.as_json
@failures.reported
def command(
    pipeline: str,
    file: str,
    overrides: tuple[str, ...],
    stream: str | None,
    after: int | None,
    rows: int,
    confidence: float,
    fail: bool,
    as_json: bool,
) -> None:
    """Look for personal data in the first rows of PIPELINE's streams, in the columns that no step protects."""
    session = headwater.load(file, overrides=overrides)
    found = stoppable(
        "detect", lambda: session.detect(pipeline, stream=stream, after=after, rows=rows, confidence=confidence)
    )
    if as_json:
        streams = [item.as_dict() for item in found]
        click.echo(json.dumps({"pipeline": pipeline, "streams": streams}, ensure_ascii=False))
    else:
        click.echo("\n\n".join(_text(item) for item in found))
    if fail and any(item.found for item in found):
        click.get_current_context().exit(1)


def _text(item: Detected) -> str:
    head = click.style(f"{item.stream}, after {item.after}: {item.rows:,} rows looked at", bold=True)
    shielded = [f"  protected: {', '.join(item.protected)}"] if item.protected else []
    if not item.found:
        return "\n".join([head, *shielded, "  nothing else looks personal" if shielded else "  nothing looks personal"])
    rows = [
        ("column", "kind", "confidence", "because"),
        *((found.column, found.kind, f"{found.score:.2f}", found.because) for found in item.found),
    ]
    step = [
        "",
        "  To protect them:",
        "",
        f"    - type: anonymize\n      streams: [{json.dumps(item.stream, ensure_ascii=False)}]",
        '      config:\n        key: "${secret:pii_key}"\n        columns:',
    ]
    return "\n".join([head, *shielded, columns(rows, indent="  "), *step, *(_line(found) for found in item.found)])


def _line(found: Finding) -> str:
    more = {
        "mask": ", keep_last: 4",
        "fake": f", kind: {found.kind}",
        "generalize": _GENERALIZED.get(found.kind, ""),
    }.get(found.suggests, "")
    return f"          {json.dumps(found.column, ensure_ascii=False)}: {{method: {found.suggests}{more}}}"

"""A run's report for people: what was delivered, whether it adds up, and where the rejected rows are."""

from __future__ import annotations

import click

from headwater.cli.text import columns, number
from headwater.run.report import CANCELLED, SUCCEEDED, LoadReport, RunReport

_COLOURS = {SUCCEEDED: "green", CANCELLED: "yellow"}


def report_text(report: RunReport) -> str:
    colour = _COLOURS.get(report.status, "red")
    status = click.style(report.status, fg=colour, bold=True)
    head = f"{report.pipeline}: {status} in {report.took_s:.2f} s, run {report.run_id}"
    rows = [
        (
            "stream",
            "table",
            "write",
            "read",
            "filtered",
            "rejected",
            "dedup",
            "written",
            "balanced",
            "delivery",
        )
    ]
    rows += [_row(load) for load in report.loads]
    lines = [head, "", columns(rows, right=(3, 4, 5, 6, 7), indent="  ")]
    lines += [line for load in report.loads for line in _remarks(load)]
    return "\n".join(lines)


def _row(load: LoadReport) -> tuple[str, ...]:
    rows = load.rows
    counts = [number(n) for n in (rows.read, rows.filtered, rows.rejected, rows.deduplicated, rows.written)]
    balanced = "yes" if load.balanced else "NO" if load.status == SUCCEEDED else load.status
    return (load.stream, f"{load.destination}.{load.table}", load.write, *counts, balanced, load.delivery)


def _remarks(load: LoadReport) -> list[str]:
    lines: list[str] = []
    for change in load.schema_changes:
        if change.change != "created":
            arrow = f"{change.before or '-'} → {change.after or '-'}"
            lines.append(f"  {load.table}: column {change.column} {change.change} ({arrow})")
    lines += [f"  {load.table}: {check['name']} {'passed' if check['passed'] else 'FAILED'}" for check in load.checks]
    lines += [f"  {load.table}: {warning}" for warning in load.warnings]
    if load.quarantine:
        lines.append(
            f"  {load.stream}: {number(load.rows.rejected)} rejected rows, with the reasons: {load.quarantine}"
        )
    return lines

"""A run's report for people: what was delivered, whether it adds up, and where the rejected rows are."""

from __future__ import annotations

from collections.abc import Sequence

import click

from headwater.cli.text import cell, columns, number
from headwater.run.report import CANCELLED, SUCCEEDED, LoadReport, RunReport
from headwater.sdk.stream import Json

_COLOURS = {SUCCEEDED: "green", CANCELLED: "yellow"}


_HEAD = ("stream", "table", "write", "read", "filtered", "rejected", "dedup", "written", "balanced", "delivery")


def report_text(report: RunReport) -> str:
    colour = _COLOURS.get(report.status, "red")
    status = click.style(report.status, fg=colour, bold=True)
    head = f"{report.pipeline}: {status} in {report.took_s:.2f} s, run {report.run_id}"
    return f"{head}\n\n{loads_text(report.loads)}"


def loads_text(loads: Sequence[LoadReport]) -> str:
    """A line per load, then what each has to say: schema changes, checks, warnings, rejected rows."""
    lines = [columns([_HEAD, *(_row(load) for load in loads)], right=(3, 4, 5, 6, 7), indent="  ")]
    for load in loads:
        remarks = _remarks(load)
        lines += ["", *remarks] if len(remarks) > 1 else remarks
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
    lines += [f"  {load.table}: {_check(check)}" for check in load.checks]
    lines += [f"  {load.table}: {warning}" for warning in load.warnings]
    if load.quarantine:
        lines.append(
            f"  {load.stream}: {number(load.rows.rejected)} rejected rows, with the reasons: {load.quarantine}"
        )
    return lines


def _check(check: dict[str, Json]) -> str:
    """One check on one line: what was asked, and what was found."""
    if check.get("kind") == "drift":
        return f"{check['message']}: {', '.join(str(change) for change in _list(check.get('changes')))}"
    if check.get("kind") == "proof":
        return _proof(check)
    passed = click.style("passed", fg="green") if check["passed"] else _broken(check)
    found = f", {number(rows)} rows" if isinstance(rows := check.get("rows"), int) and not check["passed"] else ""
    samples = ", ".join(repr(cell(sample, width=24)) for sample in _list(check.get("samples"))[:3])
    value = f" ({_short(check['value'])})" if check.get("kind") == "set" else ""
    return f"{check['name']}{value} {passed}{found}{f', for example {samples}' if samples else ''}"


def _short(value: Json) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _proof(check: dict[str, Json]) -> str:
    """What a step says of its work, and how many values were looked at."""
    seen = f", {number(looked_at)} values looked at" if isinstance(looked_at := check.get("looked_at"), int) else ""
    if check["passed"] or check.get("severity") == "warn":
        return f"{check['name']}: {check['message']}{seen}"
    return f"{check['name']}: {_broken(check)}, {check['rows']} values are not {check['message']}"


def _broken(check: dict[str, Json]) -> str:
    severity = str(check.get("severity", "fail"))
    said = {"warn": "warned", "reject": "rejected"}.get(severity, "FAILED")
    return click.style(said, fg="red" if said == "FAILED" else "yellow")


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []

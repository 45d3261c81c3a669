"""Replay: rejected rows, edited or not, go through today's pipeline from the step that rejected them, and are
delivered once.

A replay's load id is made of the run, the rows and their content, so the same rows are never delivered twice, not
even when a replay dies after its commit. The stream's checkpoint stays where it is. Rows that are rejected again are
in the quarantine of the replay.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2s
from pathlib import Path

from headwater.plan.lower_rules import WITHHELD
from headwater.plan.model import Chain, EngineOptions, LoadPlan, Step
from headwater.plan.unprotect import already_protected
from headwater.run.context import RunContext
from headwater.run.events import Listener
from headwater.run.local.database import Database
from headwater.run.local.replay_load import deliver_replay
from headwater.run.local.replay_rows import given_rows
from headwater.run.prepare import Prepared
from headwater.run.quarantine_files import Rejects
from headwater.run.quarantine_notes import note_replayed
from headwater.run.report import LoadReport
from headwater.run.stop import StopFlag
from headwater.sdk.errors import ConfigError, DataError
from headwater.sdk.stream import Json, Stream

Row = Mapping[str, Json]
Begin = Callable[[str], RunContext]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Rows to replay: their numbers in the quarantine, their step, their values."""

    number: int
    step: int
    values: Row


def replay_rejects(
    rejects: Rejects,
    prepared: Prepared,
    home: Path,
    listener: Listener,
    stop: StopFlag,
    *,
    edited: Sequence[Row] | None,
) -> tuple[LoadReport, ...]:
    """One report per load and step. `edited` replaces the values of the rows it names by `_row`; only these are
    replayed then.
    """
    chain = next((item for item in prepared.plan.chains if item.name == rejects.stream), None)
    if chain is None:
        raise ConfigError(
            f"pipeline {rejects.pipeline!r} has no stream {rejects.stream!r} any more",
            hint="its rejected rows stay in quarantine",
            code="config.unknown_stream",
        )
    chosen = choose_rows(rejects, edited)

    def begin(replay_id: str) -> RunContext:
        return RunContext(
            replay_id, rejects.pipeline, home, prepared.connections, stop, listener, rejects=prepared.rejects
        )

    reports: list[LoadReport] = []
    with Database(threads=None, memory_mb=prepared.plan.engine.memory_mb, spill=home / "tmp").opened() as database:
        for step in sorted({row.step for row in chosen}):
            rows = [row for row in chosen if row.step == step]
            reports += _replay_step(chain, step, rows, rejects, database, begin, prepared.plan.engine)
    return tuple(reports)


def edited_by_stream(
    found: Sequence[Rejects], edited: Sequence[Row] | None
) -> list[tuple[Rejects, Sequence[Row] | None]]:
    """Which edited rows belong to which stream: by `_stream`, which only rows of a single stream may leave out."""
    if edited is None:
        return [(rejects, None) for rejects in found]
    if len(found) > 1 and any("_stream" not in row for row in edited):
        raise ConfigError(
            f"an edited row does not say its stream; there are {', '.join(item.stream for item in found)}",
            hint="keep the `_stream` that `headwater quarantine show --json` printed, or name it with --stream",
            code="quarantine.unknown_row",
        )
    chosen = [(item, [row for row in edited if row.get("_stream", item.stream) == item.stream]) for item in found]
    return [(item, rows) for item, rows in chosen if rows]


def choose_rows(rejects: Rejects, edited: Sequence[Row] | None) -> list[Chosen]:
    """All open rows, or the edited ones, dismissed or not. Raises DataError for rows that cannot be told."""
    table = rejects.table()
    rows = table.select(["step", "row"]).to_pylist()
    if edited is None:
        closed = rejects.replayed | rejects.dismissed
        open_rows = [number for number in range(table.num_rows) if number not in closed]
        return [
            Chosen(number, rows[number]["step"], _values(rows[number]["row"], number, rejects)) for number in open_rows
        ]
    chosen: list[Chosen] = []
    for item in edited:
        number = item.get("_row")
        if not isinstance(number, int) or not 0 <= number < table.num_rows:
            raise DataError(
                f"an edited row names no row of the quarantine: _row is {number!r}",
                hint="keep the `_row` that `headwater quarantine show --json` printed",
                code="quarantine.unknown_row",
            )
        if number not in rejects.replayed:
            values = {name: value for name, value in item.items() if not name.startswith("_")}
            chosen.append(Chosen(number, rows[number]["step"], values))
    return chosen


def _values(text: str | None, number: int, rejects: Rejects) -> Row:
    try:
        values = json.loads(text or "")
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise DataError(
            f"row {number} of run {rejects.run_id} could not be parsed when it was read: it has no columns to replay",
            hint="correct it in its file and run again, or give its columns with --edited",
            code="quarantine.row_without_columns",
        )
    return values


def _replay_step(
    chain: Chain,
    step: int,
    rows: list[Chosen],
    rejects: Rejects,
    database: Database,
    begin: Begin,
    options: EngineOptions,
) -> list[LoadReport]:
    rest, shown = _rest_of(chain, step)
    _refuse_withheld(rows, rejects)
    content = json.dumps([[row.number, dict(row.values)] for row in rows], sort_keys=True, default=str)
    digest = blake2s(content.encode(), digest_size=6).hexdigest()
    replay_id = f"replay-{rejects.run_id}-{digest}"
    shortened = replace(rest, steps=already_protected(rest.steps, shown))
    given = given_rows([json.dumps(dict(row.values), default=str) for row in rows], shortened.scan.schema)
    reports = deliver_replay(shortened, begin(replay_id), database, options, given)
    if all(report.error is None for report in reports):
        note_replayed(rejects.path, [row.number for row in rows], replay_id)
    return reports


def _rest_of(chain: Chain, number: int) -> tuple[Chain, frozenset[str]]:
    """The chain from a step on, as if its rows were read there; and the columns that the quarantine holds protected."""
    steps = tuple(step for step in chain.steps if step.number >= number)
    before = steps[0].before if number > 0 and steps else chain.scan.schema
    guard = _guard_at(chain, steps, number)
    stream = Stream(chain.name, before, primary_key=chain.scan.primary_key)
    scan = replace(chain.scan, stream=stream, mode="full", cursor=None, columns=tuple(before.names), predicates=())
    kept = frozenset(name for name, expression in guard.items() if expression is not None)
    loads = tuple(_adding(load) for load in chain.loads)
    return replace(chain, scan=scan, steps=steps if number > 0 else chain.steps, loads=loads, derived=None), kept


def _guard_at(chain: Chain, steps: tuple[Step, ...], number: int) -> dict[str, object]:
    return dict(steps[0].guard(0)) if number > 0 and steps and steps[0].guards else dict(chain.guard)


def _adding(load: LoadPlan) -> LoadPlan:
    """Replayed rows join those that are there."""
    return replace(load, write=type(load.write).APPEND) if load.write.value == "replace" else load


def _refuse_withheld(rows: list[Chosen], rejects: Rejects) -> None:
    for row in rows:
        hidden = sorted(name for name, value in row.values.items() if value == WITHHELD)
        if hidden:
            raise DataError(
                f"row {row.number} of run {rejects.run_id}: {', '.join(hidden)} is protected and not in the quarantine",
                hint="take the values from the source and give them with --edited, or run the pipeline again",
                code="quarantine.value_withheld",
            )

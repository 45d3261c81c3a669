"""Rejected rows: looked at, corrected, sent through again, or let go. What a row held is read by a worker, from the
file; what became of it stands in the database.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from headwater_server.calls.service import call
from headwater_server.catalog.step_schemas import Named
from headwater_server.db.session import Database
from headwater_server.kit.pages import Cursor
from headwater_server.kit.problems import Conflict, Invalid, NotFound
from headwater_server.pipelines.models import Pipeline
from headwater_server.quarantine import repository
from headwater_server.quarantine.models import QuarantineFile
from headwater_server.quarantine.schemas import BrokenRule, QuarantineOut, RejectedRow, RowEdit, RowPage
from headwater_server.runs import service as runs
from headwater_server.runs.models import Run
from headwater_server.runs.service import Asked

ROWS_S, EXPORT_S = 60.0, 120.0
EXPORT_PAGE = 10_000
Facts = tuple[QuarantineFile, str]


async def found(session: AsyncSession, file_id: UUID) -> Facts:
    """Raises NotFound."""
    row = await repository.by_id(session, file_id)
    if row is None:
        raise NotFound(f"there are no rejected rows {file_id}", code="quarantine.not_found")
    return row


def out(row: Facts) -> QuarantineOut:
    file, pipeline = row
    return QuarantineOut(
        id=file.id,
        run_id=file.run_id,
        pipeline=Named(id=file.pipeline_id, name=pipeline),
        stream=file.stream,
        rows=file.rows,
        open_rows=file.open_rows,
        size_bytes=file.size_bytes,
        rules=[BrokenRule(**rule) for rule in file.rules],
        created_at=file.created_at,
    )


async def rows(
    database: Database, file_id: UUID, *, rule: str | None, status: str | None, after: str | None, limit: int
) -> RowPage:
    """A page, asked of a worker and completed with what became of the rows."""
    seen = None if after is None else Cursor.decode(after, int)[0]
    async with database.begin() as session:
        await found(session, file_id)
        request = {"quarantine_file": str(file_id), "rule": rule, "after": seen, "limit": limit}
        request |= await _by_status(session, file_id, status)
    answer = await call(database, "quarantine_rows", request, ROWS_S)
    async with database.begin() as session:
        known = await repository.rows_known(session, file_id, [item["row"] for item in answer["items"]])
    items = [_row(item, known.get(item["row"])) for item in answer["items"]]
    columns = dict.fromkeys(name for item in items for name in (item.edited or item.record or {}))
    following = None if answer["next"] is None else Cursor.encode(answer["next"])
    return RowPage(columns=list(columns), items=items, next=following)


async def _by_status(session: AsyncSession, file_id: UUID, status: str | None) -> dict[str, Any]:
    match status:
        case None:
            return {}
        case "open":
            return {"without": await repository.rows_with(session, file_id, ("replayed", "dismissed"))}
        case _:
            return {"only": await repository.rows_with(session, file_id, (status,))}


def _row(item: dict[str, Any], known: Any) -> RejectedRow:
    return RejectedRow(
        **item,
        edited=None if known is None else known.edited,
        status="open" if known is None else known.status,
        note=None if known is None else known.note,
    )


async def edit(session: AsyncSession, file_id: UUID, edits: Sequence[RowEdit], by: str) -> None:
    """Raises NotFound, Invalid, and Conflict for rows that are done with."""
    file, _ = await found(session, file_id)
    require_rows(file, [item.row for item in edits])
    done = [item.row for item in edits if not await repository.edit(session, file_id, item.row, dict(item.record), by)]
    if done:
        raise Conflict(
            f"row {done[0]} is no longer open", hint="only open rows can be edited", code="quarantine.row_closed"
        )


def require_rows(file: QuarantineFile, numbers: Sequence[int]) -> None:
    """Raises Invalid."""
    wrong = [number for number in numbers if not 0 <= number < file.rows]
    if wrong:
        raise Invalid(
            f"there is no row {wrong[0]}", hint=f"rows are numbered 0 to {file.rows - 1}", code="quarantine.unknown_row"
        )


async def replay(session: AsyncSession, file_id: UUID, numbers: list[int] | None, by: str) -> Run:
    """Ask for a run that sends rows through the pipeline as it is today. Raises NotFound, Invalid, Conflict."""
    file, _ = await found(session, file_id)
    require_rows(file, numbers or [])
    if not file.open_rows:
        raise Conflict("no row is open: all were replayed or dismissed", code="quarantine.nothing_open")
    await runs.require_settled(session, file.pipeline_id)
    pipeline = await session.get_one(Pipeline, file.pipeline_id)
    parameters = {"file": str(file_id), "stream": file.stream, "rows": numbers, "by": by}
    return await runs.ask(session, pipeline, Asked("replay", by, parameters, retry_of=file.run_id))


async def dismiss(session: AsyncSession, file_id: UUID, numbers: list[int] | None, note: str | None, by: str) -> Facts:
    """Let rows go. Raises NotFound, Invalid."""
    file, _ = await found(session, file_id)
    await repository.locked(session, file_id)
    require_rows(file, numbers or [])
    if numbers is None:
        closed = set(await repository.rows_with(session, file_id, ("replayed", "dismissed")))
        numbers = [number for number in range(file.rows) if number not in closed]
    await repository.close(session, file_id, numbers, status="dismissed", by=by, note=note)
    session.expire_all()
    return await found(session, file_id)


async def export(database: Database, file_id: UUID, form: Literal["csv", "jsonl"]) -> AsyncIterator[str]:
    """All rows as text; edited ones as they were edited."""
    async with database.begin() as session:
        edits = await repository.edits_of(session, file_id)
    after: int | None = None
    columns: list[str] | None = None
    while True:
        request = {"quarantine_file": str(file_id), "after": after, "limit": EXPORT_PAGE}
        answer = await call(database, "quarantine_export", request, EXPORT_S)
        items = [{**item, "record": edits.get(item["row"], item["record"])} for item in answer["items"]]
        if form == "jsonl":
            yield "".join(f"{json.dumps(_line(item), ensure_ascii=False)}\n" for item in items)
        else:
            text, columns = _csv(items, columns)
            yield text
        after = answer["next"]
        if after is None:
            return


def _line(item: dict[str, Any]) -> dict[str, Any]:
    """As `headwater quarantine show --json` prints a row."""
    about = {"_row": item["row"], "_step": item["step"], "_rules": item["rules"], "_messages": item["messages"]}
    source = item["source"]
    about |= {"_file": source["file"], "_line": source["line"]}
    return {**about, **(item["record"] if item["record"] is not None else {"_text": source["text"]})}


def _csv(items: list[dict[str, Any]], columns: list[str] | None) -> tuple[str, list[str]]:
    """The columns are those of the first page."""
    out, first = io.StringIO(), columns is None
    if columns is None:
        columns = list(dict.fromkeys(name for item in items for name in (item["record"] or {})))
    writer = csv.writer(out)
    if first:
        writer.writerow(["_row", "_step", "_rules", "_messages", *map(_safe, columns)])
    for item in items:
        rules, record = " ".join(rule["id"] for rule in item["rules"]), item["record"] or {}
        cells = [_cell(record.get(name)) for name in columns]
        writer.writerow([item["row"], item["step"], rules, _safe("; ".join(item["messages"])), *cells])
    return out.getvalue(), columns


def _cell(value: Any) -> Any:
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    return _safe(value) if isinstance(value, str) else value


def _safe(text: str) -> str:
    """A spreadsheet takes text that begins like this for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text

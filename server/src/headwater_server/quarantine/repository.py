"""SQL of rejected rows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from headwater_server.pipelines.models import Pipeline
from headwater_server.quarantine.models import QuarantineChunk, QuarantineFile, QuarantineRow

CHUNK_BYTES = 1_000_000


async def add_file(session: AsyncSession, file: dict[str, Any]) -> UUID | None:
    """The new file's id; None when it is known already. `file` has the columns of QuarantineFile."""
    added = insert(QuarantineFile).values(**file).on_conflict_do_nothing().returning(QuarantineFile.id)
    return (await session.execute(added)).scalar_one_or_none()


async def add_content(session: AsyncSession, file_id: UUID, content: Iterable[bytes]) -> None:
    for number, chunk in enumerate(content):
        await session.execute(insert(QuarantineChunk).values(file_id=file_id, number=number, content=chunk))


async def content(session: AsyncSession, file_id: UUID) -> AsyncIterator[bytes]:
    """The bytes of a file, chunk by chunk."""
    number = 0
    one = select(QuarantineChunk.content)
    while True:
        found = await session.execute(one.where(QuarantineChunk.file_id == file_id, QuarantineChunk.number == number))
        chunk = found.scalar_one_or_none()
        if chunk is None:
            return
        yield chunk
        number += 1


async def by_id(session: AsyncSession, file_id: UUID) -> tuple[QuarantineFile, str] | None:
    """The file, and its pipeline's name."""
    found = await session.execute(_with_pipeline().where(QuarantineFile.id == file_id))
    row = found.first()
    return None if row is None else (row[0], row[1])


def _with_pipeline() -> Select[QuarantineFile, str]:
    return select(QuarantineFile, Pipeline.name).join(Pipeline, Pipeline.id == QuarantineFile.pipeline_id)


async def page(
    session: AsyncSession,
    *,
    pipeline_id: UUID | None,
    run_id: UUID | None,
    only_open: bool,
    after: UUID | None,
    limit: int,
) -> Sequence[tuple[QuarantineFile, str]]:
    """Newest first."""
    wanted = _with_pipeline().order_by(QuarantineFile.id.desc()).limit(limit + 1)
    if pipeline_id is not None:
        wanted = wanted.where(QuarantineFile.pipeline_id == pipeline_id)
    if run_id is not None:
        wanted = wanted.where(QuarantineFile.run_id == run_id)
    if only_open:
        wanted = wanted.where(QuarantineFile.open_rows > 0)
    if after is not None:
        wanted = wanted.where(QuarantineFile.id < after)
    return [(row[0], row[1]) for row in await session.execute(wanted)]


async def rows_known(
    session: AsyncSession, file_id: UUID, numbers: Sequence[int] | None = None
) -> dict[int, QuarantineRow]:
    """What became of rows, by number; of all that something happened to, or of these."""
    wanted = select(QuarantineRow).where(QuarantineRow.file_id == file_id)
    if numbers is not None:
        wanted = wanted.where(QuarantineRow.row.in_(numbers))
    return {row.row: row for row in (await session.execute(wanted)).scalars()}


async def rows_with(session: AsyncSession, file_id: UUID, statuses: Sequence[str]) -> list[int]:
    wanted = select(QuarantineRow.row).where(QuarantineRow.file_id == file_id, QuarantineRow.status.in_(statuses))
    return list((await session.execute(wanted.order_by(QuarantineRow.row))).scalars())


async def edits_of(session: AsyncSession, file_id: UUID) -> dict[int, dict[str, Any]]:
    """Edited records of rows that are open."""
    wanted = select(QuarantineRow.row, QuarantineRow.edited).where(
        QuarantineRow.file_id == file_id, QuarantineRow.status == "open", QuarantineRow.edited.is_not(None)
    )
    return {row: dict(edited or {}) for row, edited in await session.execute(wanted)}


async def edit(session: AsyncSession, file_id: UUID, row: int, record: dict[str, Any], by: str) -> bool:
    """False when the row is done with."""
    written = insert(QuarantineRow).values(file_id=file_id, row=row, edited=record, by=by)
    changed = written.on_conflict_do_update(
        index_elements=["file_id", "row"],
        set_={"edited": record, "by": by, "at": func.now()},
        where=QuarantineRow.status == "open",
    )
    return (await session.execute(changed.returning(QuarantineRow.row))).first() is not None


async def close(
    session: AsyncSession,
    file_id: UUID,
    rows: Sequence[int],
    *,
    status: str,
    by: str,
    note: str | None = None,
    run_id: UUID | None = None,
) -> int:
    """Mark rows that are open as done with; how many were."""
    if not rows:
        return 0
    values = [
        {"file_id": file_id, "row": row, "status": status, "by": by, "note": note, "run_id": run_id} for row in rows
    ]
    closed = 0
    for start in range(0, len(values), 1000):
        written = insert(QuarantineRow).values(values[start : start + 1000])
        changed = written.on_conflict_do_update(
            index_elements=["file_id", "row"],
            set_={"status": status, "by": by, "note": note, "run_id": run_id, "at": func.now()},
            where=QuarantineRow.status == "open",
        )
        closed += len((await session.execute(changed.returning(QuarantineRow.row))).all())
    left = QuarantineFile.open_rows - closed
    await session.execute(update(QuarantineFile).where(QuarantineFile.id == file_id).values(open_rows=left))
    return closed


async def locked(session: AsyncSession, file_id: UUID) -> QuarantineFile | None:
    wanted = select(QuarantineFile).where(QuarantineFile.id == file_id).with_for_update()
    return (await session.execute(wanted)).scalar_one_or_none()


async def forget_before(session: AsyncSession, moment: datetime) -> int:
    gone = delete(QuarantineFile).where(QuarantineFile.created_at < moment)
    return len((await session.execute(gone.returning(QuarantineFile.id))).all())


async def run_of_engine(session: AsyncSession, engine_run_id: str, pipeline: str) -> tuple[UUID | None, UUID] | None:
    """The run under which an engine worked, and its pipeline; for files that a dead worker left."""
    found = await session.execute(
        text("""
            select runs.id, pipelines.id as pipeline_id from pipelines
            left join runs on runs.pipeline_id = pipelines.id and runs.engine_run_id = :engine
            where pipelines.name = :pipeline order by runs.id desc limit 1
        """),
        {"engine": engine_run_id, "pipeline": pipeline},
    )
    row = found.first()
    return None if row is None else (row.id, row.pipeline_id)


async def known_names(session: AsyncSession, names: Sequence[tuple[UUID, str, str]]) -> set[tuple[UUID, str, str]]:
    """Which of these (pipeline, stream, file name) are stored."""
    columns = (QuarantineFile.pipeline_id, QuarantineFile.stream, QuarantineFile.file_name)
    found = await session.execute(select(*columns).where(tuple_(*columns).in_(names)))
    return {(row[0], row[1], row[2]) for row in found}

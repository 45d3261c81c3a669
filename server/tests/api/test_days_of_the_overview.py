"""The figures of days: what is kept in memory and what is summed up anew make a whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from headwater_server.db.session import Database
from headwater_server.overview import history
from headwater_server.overview.history import History
from headwater_server.pipelines.models import Pipeline


def _midnight() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


async def _pipeline(database: Database) -> Pipeline:
    async with database.begin() as session:
        pipeline = Pipeline(name="orders", document={})
        session.add(pipeline)
    return pipeline


async def _ended(database: Database, pipeline: Pipeline, at: datetime, rows: int) -> None:
    async with database.begin() as session:
        await session.execute(
            text(
                "insert into runs (id, pipeline_id, version, status, trigger, engine_run_id, finished_at, rows_read)"
                " values (gen_random_uuid(), :pipeline, 1, 'succeeded', 'manual', 'r', :at, :rows)"
            ),
            {"pipeline": pipeline.id, "at": at, "rows": rows},
        )


async def _read(database: Database, kept: History, count: int) -> list[int]:
    async with database.reading() as session:
        return [day.rows_read for day in await kept.of(session, count)]


async def test_a_day_is_what_ended_long_ago_and_what_ended_just_now(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "FRESH_S", 0.0)
    pipeline, kept, midnight = await _pipeline(database), History(), _midnight()
    await _ended(database, pipeline, midnight - timedelta(seconds=1), 1)
    await _ended(database, pipeline, midnight, 10)
    now = datetime.now(UTC)
    await _ended(database, pipeline, now, 100)
    assert await _read(database, kept, 2) == [1, 110]
    await _ended(database, pipeline, max(midnight, now - timedelta(minutes=5)), 1000)
    assert await _read(database, kept, 2) == [1, 1110]
    assert await _read(database, kept, 1) == [1110]


async def test_no_run_is_counted_twice_where_the_kept_part_ends(database: Database) -> None:
    pipeline, kept = await _pipeline(database), History()
    edge = max(_midnight(), datetime.now(UTC) - history.SETTLED)
    for seconds in range(30):
        await _ended(database, pipeline, edge + timedelta(seconds=seconds), 1)
    assert await _read(database, kept, 1) == [30]

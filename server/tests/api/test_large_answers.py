"""Answers that are written without FastAPI's look at them: they are what their description says, to the letter."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from jsonschema_rs import Draft202012Validator
from sqlalchemy import text

from headwater_server.app.openapi import openapi_text
from headwater_server.catalog.step_schemas import Fault, Named
from headwater_server.db.session import Database
from headwater_server.kit.answers import Raw, answer
from headwater_server.kit.pages import Page
from headwater_server.pipelines.activity import RowCounts, RunSummary, ScheduleBrief
from headwater_server.pipelines.models import Pipeline
from headwater_server.pipelines.schemas import PipelineBrief
from headwater_server.schedules.models import Schedule

NOON = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
ID = UUID("01890000-0000-7000-8000-000000000000")
LAST = RunSummary(
    id=ID,
    pipeline=Named(id=ID, name="größe ☃ \U0001f600"),
    version=1,
    status="failed",
    trigger="manual",
    attempt=2,
    requested_by='quote " and \\ and \x07',
    schedule=None,
    created_at=NOON,
    started_at=NOON + timedelta(microseconds=1_500),
    finished_at=None,
    took_s=2.0,
    rows=RowCounts(read=2**62, filtered=0, rejected=-1, deduplicated=0, written=0),
    bytes=None,
    error=Fault(code="c", message='at "2026-11-29T12:00:00+00:00"\n', hint=None),
    retry_of=None,
)
BAR = f'{{"run_id":"{ID}","status":"failed","started_at":null,"took_s":0.100,"rows_written":1,"rows_rejected":0}}'
BRIEF = PipelineBrief(
    id=ID,
    name="orders",
    description=None,
    revision=7,
    version=1,
    created_at=NOON,
    updated_at=NOON,
    last_run=LAST,
    recent=Raw(f"[{BAR}, \n {BAR}]"),
    schedules=[ScheduleBrief(id=ID, name="s", explanation="Every 1h", next_at=NOON, enabled=True)],
)


def test_a_large_answer_is_what_its_model_is_as_json() -> None:
    page = Page(items=[BRIEF], next="abc")
    assert json.loads(bytes(answer(page).body)) == json.loads(page.model_dump_json())


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(TypeError):
        answer(object())  # pyright: ignore[reportArgumentType]


async def _busy(database: Database) -> None:
    """Three pipelines: one with 40 runs and a schedule, one that failed, one that never ran."""
    async with database.begin() as session:
        pipelines = [Pipeline(name=name, document={}) for name in ("failing", "hourly", "new")]
        session.add_all(pipelines)
        await session.flush()
        document = {"pipeline": "hourly", "cron": "0 * * * *", "timezone": "Europe/Berlin"}
        hourly = Schedule(name="each", pipeline_id=pipelines[1].id, document=document, next_at=NOON, next_due_at=NOON)
        session.add(hourly)
        await session.flush()
        insert = text(
            "insert into runs (id, pipeline_id, version, status, trigger, engine_run_id, schedule_id, created_at,"
            " started_at, finished_at, rows_written, error) values (uuidv7(cast(:ago as interval)), :pipeline, 1,"
            " :status, 'schedule', 'r', :schedule, now(), now() - interval '2 seconds', now(), :rows, :error)"
        )
        runs: list[dict[str, Any]] = [
            {"ago": timedelta(hours=-number), "pipeline": pipelines[1].id, "status": "succeeded", "rows": number}
            | {"schedule": hourly.id, "error": None}
            for number in range(40)
        ]
        error = json.dumps({"code": "c", "message": "m"})
        runs.append({"ago": timedelta(), "pipeline": pipelines[0].id, "status": "failed", "rows": 0, "error": error})
        runs[-1]["schedule"] = uuid4()
        for run in runs:
            await session.execute(insert, run)


@pytest.mark.parametrize(
    ("path", "schema"), [("/api/pipelines", "Page_PipelineBrief_"), ("/api/overview?days=7", "Overview")]
)
async def test_a_large_answer_fits_its_description(
    database: Database, viewer: httpx.AsyncClient, path: str, schema: str
) -> None:
    await _busy(database)
    found = await viewer.get(path)
    schemas = json.loads(openapi_text())["components"]["schemas"]
    described = {"$ref": f"#/components/schemas/{schema}", "components": {"schemas": schemas}}

    assert (found.status_code, found.headers["content-type"]) == (200, "application/json")
    told = Draft202012Validator(described, validate_formats=True)
    assert [(error.message, error.instance_path) for error in told.iter_errors(found.json())] == []


async def test_a_list_of_pipelines_shows_the_last_thirty_runs_and_the_last_of_all(
    database: Database, viewer: httpx.AsyncClient
) -> None:
    await _busy(database)
    failing, hourly, new = (await viewer.get("/api/pipelines")).json()["items"]

    assert [run["rows_written"] for run in hourly["recent"]] == list(range(29, -1, -1))
    assert {run["took_s"] for run in hourly["recent"]} == {2.0}
    assert hourly["last_run"]["id"] == hourly["recent"][-1]["run_id"]
    assert hourly["last_run"]["schedule"]["name"] == "each"
    assert [(one["name"], one["explanation"]) for one in hourly["schedules"]] == [
        ("each", "At the start of every hour (Europe/Berlin)")
    ]
    assert (failing["last_run"]["status"], failing["last_run"]["schedule"]["name"]) == ("failed", "(deleted)")
    assert failing["last_run"]["error"] == {"code": "c", "message": "m", "hint": None}
    assert (new["last_run"], new["recent"], new["schedules"]) == (None, [], [])

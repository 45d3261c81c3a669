"""The API of runs, schedules and rejected rows, with a real worker behind it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from runs.bench import Bench, until

from headwater_server.auth.needs import COOKIE


@pytest.fixture
def settings(quick: Any) -> Any:
    """The server and the workers share theirs."""
    return quick.model_copy(update={"base_url": "http://headwater.test"})


@asynccontextmanager
async def stream(
    served: httpx.AsyncClient, path: str, last: str | None = None
) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    headers = {} if last is None else {"Last-Event-ID": last}
    async with served.stream("GET", path, headers=headers) as response:
        assert response.status_code == 200, await response.aread()
        yield _events(response)


async def _events(response: httpx.Response) -> AsyncIterator[dict[str, Any]]:
    event: dict[str, Any] = {}
    async for line in response.aiter_lines():
        if not line and "data" in event:
            yield event
        if not line:
            event = {}
        name, _, value = line.partition(": ")
        if name in ("event", "id"):
            event[name] = value
        elif name == "data":
            event["data"] = json.loads(value)


@pytest.fixture
async def served(app: FastAPI, admin: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a real HTTP server over the started app: answers come as they are sent."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", log_level="error"))
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    headers = {"Cookie": f"{COOKIE}={admin.cookies[COOKIE]}", "Origin": "http://headwater.test"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60) as client:
        yield client
    server.should_exit = True
    await serving


async def test_a_run_is_asked_for_by_post_and_followed_to_its_end(bench: Bench, operator: httpx.AsyncClient) -> None:
    await bench.copy()
    asked = await operator.post("/api/pipelines/copy/run", json={"streams": []})
    assert asked.status_code == 202, asked.text
    run = asked.json()
    assert (run["status"], run["trigger"], run["queue_position"]) == ("queued", "manual", 0)
    assert asked.headers["location"] == f"/api/runs/{run['id']}"
    async with bench.worker():
        await bench.ended(run["id"])
    done = (await operator.get(asked.headers["location"])).json()
    assert (done["status"], done["rows"]["written"], done["error"]) == ("succeeded", 3, None)
    assert done["report"]["loads"][0]["balanced"] is True
    assert [attempt["status"] for attempt in done["attempts"]] == ["succeeded"]
    log = (await operator.get(f"/api/runs/{run['id']}/logs?limit=2")).json()
    assert (len(log["items"]), log["more_before"], log["more_after"]) == (2, True, False)
    earlier = (await operator.get(f"/api/runs/{run['id']}/logs?before={log['items'][0]['id']}")).json()
    assert earlier["items"][0]["message"] == "the run is queued"
    assert (await operator.get(f"/api/runs/{run['id']}/logs/first-error")).json() == {"id": None}
    assert "the run is succeeded" in (await operator.get(f"/api/runs/{run['id']}/logs.txt")).text
    spans = (await operator.get(f"/api/runs/{run['id']}/timeline")).json()["items"]
    assert [(span["step"], span["status"]) for span in spans] == [("read", "succeeded"), ("load", "succeeded")]
    listed = (await operator.get("/api/runs?pipeline=copy&status=succeeded&q=cop")).json()["items"]
    assert [item["id"] for item in listed] == [run["id"]]
    shown = (await operator.get("/api/pipelines/copy")).json()
    assert shown["last_run"]["id"] == run["id"]
    overview = (await operator.get("/api/overview")).json()
    assert [day["succeeded"] for day in overview["days"]] == [0, 0, 0, 0, 0, 0, 1]
    state = await operator.get("/api/pipelines/copy/state")
    assert (state.status_code, state.json()["code"]) == (503, "calls.no_worker")


async def test_metrics_tell_of_the_queue_and_name_nothing(bench: Bench, client: httpx.AsyncClient) -> None:
    await bench.ask(await bench.copy())
    told = (await client.get("/api/metrics")).text
    for line in ('headwater_runs{status="queued"} 1.0', "headwater_workers 0.0", "headwater_database_up 1.0"):
        assert line in told
    assert "copy" not in told


async def test_the_overview_names_what_is_left_failed_once_and_not_what_is_tried_again(
    bench: Bench, operator: httpx.AsyncClient
) -> None:
    pipelines = [await bench.copy(name) for name in ("mended", "tried", "given_up", "bad")]
    runs = {pipeline.name: [await bench.ask(pipeline) for _ in range(2)] for pipeline in pipelines}
    outcomes = {
        "mended": ("failed", "succeeded"),
        "tried": ("failed", "queued"),
        "given_up": ("failed", "cancelled"),
        "bad": ("failed", "failed"),
    }
    for name, statuses in outcomes.items():
        for run_id, status in zip(runs[name], statuses, strict=True):
            await bench.sql("update runs set status = :status where id = :id returning id", status=status, id=run_id)

    failed = (await operator.get("/api/overview")).json()["failed"]

    assert [run["id"] for run in failed] == [str(runs["bad"][1]), str(runs["given_up"][0])]


async def test_the_same_key_asks_for_one_run(bench: Bench, operator: httpx.AsyncClient) -> None:
    await bench.copy()
    answers = [
        await operator.post("/api/pipelines/copy/run", headers={"Idempotency-Key": "k"}, json={}) for _ in range(2)
    ]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert len((await operator.get("/api/runs")).json()["items"]) == 1


async def test_runs_are_cancelled_and_tried_again_one_by_one_and_many_at_once(
    bench: Bench, operator: httpx.AsyncClient
) -> None:
    await bench.copy()
    ids = [(await operator.post("/api/pipelines/copy/run")).json()["id"] for _ in range(3)]
    busy = await operator.post("/api/pipelines/copy/run", json={"if_running": "refuse"})
    assert (busy.status_code, busy.json()["code"]) == (409, "run.busy")
    assert (await operator.post(f"/api/runs/{ids[0]}/cancel")).json()["status"] == "cancelled"
    over = await operator.post(f"/api/runs/{ids[0]}/cancel")
    assert (over.status_code, over.json()["code"]) == (409, "runs.over")
    nobody = "00000000-0000-0000-0000-000000000000"
    many = (await operator.post("/api/runs/cancel", json={"ids": [ids[1], nobody]})).json()["items"]
    assert [item["error"] and item["error"]["code"] for item in many] == [None, "runs.not_found"]
    not_yet = await operator.post(f"/api/runs/{ids[2]}/retry")
    assert (not_yet.status_code, not_yet.json()["code"]) == (409, "runs.not_over")
    again = await operator.post(f"/api/runs/{ids[0]}/retry")
    assert (again.status_code, again.json()["retry_of"], again.json()["trigger"]) == (202, ids[0], "retry")
    bulk = (await operator.post("/api/runs/retry", json={"ids": [ids[1], ids[2]]})).json()["items"]
    assert bulk[0]["run_id"] not in (None, ids[1])
    assert bulk[1]["error"]["code"] == "runs.not_over"


@pytest.mark.parametrize(
    "path", ["/api/runs/00000000-0000-0000-0000-000000000000", "/api/pipelines/nowhere/run", "/api/schedules/none"]
)
async def test_what_does_not_exist_is_not_found(admin: httpx.AsyncClient, path: str) -> None:
    method = "POST" if path.endswith("/run") else "GET"
    assert (await admin.request(method, path)).status_code == 404


async def test_a_viewer_looks_and_does_not_run(bench: Bench, viewer: httpx.AsyncClient) -> None:
    await bench.copy()
    assert (await viewer.post("/api/pipelines/copy/run")).status_code == 403
    assert (await viewer.get("/api/runs")).status_code == 200


async def test_a_page_sees_runs_as_they_happen_and_what_it_missed(bench: Bench, served: httpx.AsyncClient) -> None:
    pipeline = await bench.copy()
    async with stream(served, "/api/events") as events:
        first = asyncio.ensure_future(anext(events))
        await asyncio.wait([first], timeout=0.5)
        began = time.monotonic()
        run_id = await bench.ask(pipeline)
        seen = await asyncio.wait_for(first, 10)
        took_s = time.monotonic() - began
    assert (seen["event"], seen["data"]["id"], seen["data"]["status"]) == ("run", str(run_id), "queued")
    assert took_s < 5
    await bench.cancel(run_id)
    async with stream(served, "/api/events", last=seen["id"]) as events:
        missed = await asyncio.wait_for(anext(events), 10)
    assert (missed["data"]["id"], missed["data"]["status"]) == (str(run_id), "cancelled")
    assert int(missed["id"]) > int(seen["id"])


async def test_a_run_is_followed_with_every_line_of_its_log(bench: Bench, served: httpx.AsyncClient) -> None:
    run_id = await bench.ask(await bench.copy())
    found: list[dict[str, Any]] = []
    async with bench.worker(), asyncio.timeout(60), stream(served, f"/api/runs/{run_id}/events") as events:
        async for event in events:
            found.append(event)
            if event["event"] == "end":
                break
    lines = [event["data"]["message"] for event in found if event["event"] == "log"]
    assert (lines[0], lines[-1]) == ("the run is queued", "the run is succeeded")
    assert [event["data"]["status"] for event in found if event["event"] == "run"][-1] == "succeeded"
    ids = [int(event["id"]) for event in found if event["event"] == "log"]
    assert ids == sorted(set(ids))
    async with stream(served, f"/api/runs/{run_id}/events", last=str(ids[-2])) as events:
        rest = [event async for event in events]
    assert [event["data"]["message"] for event in rest if event["event"] == "log"] == ["the run is succeeded"]


async def test_rejected_rows_are_seen_corrected_replayed_and_dismissed(bench: Bench, editor: httpx.AsyncClient) -> None:
    rule = {"rule": "range", "column": "id", "max": 2, "severity": "reject"}
    quality = {"type": "quality", "config": {"rules": [rule]}}
    to_number = {"type": "cast", "config": {"columns": {"id": "int64"}}}
    pipeline = await bench.copy(rows=5, steps=[to_number, quality])
    async with bench.worker(spare_engines=1):
        run = await bench.ended(await bench.ask(pipeline))
        assert (run.status, run.rows_rejected, run.rows_written) == ("succeeded", 2, 3), run.error
        [found] = (await editor.get("/api/quarantine?pipeline=copy&open=true")).json()["items"]
        assert (found["rows"], found["open_rows"], found["run_id"]) == (2, 2, str(run.id))
        path = f"/api/quarantine/{found['id']}"
        rows = (await editor.get(f"{path}/rows?limit=1")).json()
        assert rows["items"][0]["record"] == {"id": 3, "name": "n3"}
        assert rows["items"][0]["messages"]
        more = (await editor.get(f"{path}/rows?limit=1&after={rows['next']}")).json()
        assert [item["row"] for item in more["items"]] == [1]
        assert "n3" in (await editor.get(f"{path}/export?format=csv")).text
        assert json.loads((await editor.get(f"{path}/export?format=jsonl")).text.splitlines()[1])["name"] == "n4"
        fixed = {"edits": [{"row": 0, "record": {"name": "fixed", "id": 1}}]}
        assert (await editor.patch(f"{path}/rows", json=fixed)).status_code == 200
        assert (await editor.get(f"{path}/rows?limit=1")).json()["columns"] == ["name", "id"]
        replay = (await editor.post(f"{path}/replay", json={"rows": [0]})).json()
        done = await bench.ended(replay["id"])
        assert (done.status, done.trigger, done.rows_written) == ("succeeded", "replay", 1), done.error
        assert (await editor.get(path)).json()["open_rows"] == 1
        dismissed = (await editor.post(f"{path}/dismiss", json={"note": "known"})).json()
        assert dismissed["open_rows"] == 0
        statuses = [item["status"] for item in (await editor.get(f"{path}/rows")).json()["items"]]
        assert statuses == ["replayed", "dismissed"]
        nothing = await editor.post(f"{path}/replay")
        assert (nothing.status_code, nothing.json()["code"]) == (409, "quarantine.nothing_open")
    assert bench.written("copy") == 4


async def test_questions_are_answered_by_a_worker_and_errors_arrive_as_they_were(
    bench: Bench, editor: httpx.AsyncClient
) -> None:
    await bench.copy()
    async with bench.worker(spare_engines=1):
        plan = await editor.post("/api/pipelines/copy/plan")
        assert plan.status_code == 200, plan.text
        assert plan.json()["loads"][0]["delivery"]["level"] in ("exactly once", "at least once"), plan.text
        preview = await editor.post("/api/pipelines/copy/preview", json={"limit": 2})
        assert len(preview.json()["streams"][0]["table"]["rows"]) == 2, preview.text
        state = await editor.get("/api/pipelines/copy/state")
        assert state.json()["streams"][0]["checkpoint"] is None, state.text
        (bench.data / "copy.csv").unlink()
        broken = await editor.post("/api/pipelines/copy/plan")
        assert (broken.status_code, broken.json()["code"]) == (422, "files.not_found")
    assert not await bench.sql("select * from calls")


async def test_a_stream_is_looked_at_profiled_and_a_processor_tried_on_it(
    bench: Bench, editor: httpx.AsyncClient
) -> None:
    (bench.data / "people.csv").write_text("id,email\n1,ada@example.com\n2,\n3,bob@example.com\n")
    files = {"name": "data", "type": "files", "config": {"url": str(bench.data)}}
    assert (await editor.post("/api/connectors", json=files)).status_code == 201
    async with bench.worker(spare_engines=1):
        found = (await editor.get("/api/connectors/data/streams?q=peo")).json()
        assert (found["total"], [stream["name"] for stream in found["items"]]) == (1, ["people"])
        first = await editor.get("/api/connectors/data/streams/people/preview?limit=2")
        assert first.json()["rows"] == [[1, "ada@example.com"], [2, None]], first.text
        profile = await editor.get("/api/connectors/data/streams/people/profile")
        emails = profile.json()["columns"][1]
        assert (emails["name"], emails["nulls"], emails["distinct"]) == ("email", 1, 2), profile.text
        masked = {"columns": {"email": {"method": "mask", "keep_first": 1}}}
        asked = {"type": "anonymize", "config": masked, "connector": "data", "stream": "people", "limit": 3}
        tried = await editor.post("/api/processors/try", json=asked)
        assert tried.json()["before"]["rows"][0] == [1, "ada@example.com"], tried.text
        assert tried.json()["after"]["rows"][0] == [1, "a**************"], tried.text
        assert tried.json()["changed"] == [[0, 1], [2, 1]], tried.text
        assert set(tried.json()["sql"]) == {"duckdb", "spark"}, tried.text
    assert not await bench.sql("select * from calls")


async def test_schedules_are_made_explained_paused_and_looked_ahead(bench: Bench, editor: httpx.AsyncClient) -> None:
    await bench.copy()
    document = {"pipeline": "copy", "cron": "0 2 * * *", "timezone": "Europe/Berlin"}
    made = await editor.post("/api/schedules", json={"name": "nightly", "document": document})
    assert made.status_code == 201, made.text
    assert made.json()["explanation"] == "At 02:00 every day (Europe/Berlin)"
    ticks = (await editor.get("/api/schedules/nightly/ticks?limit=3")).json()
    assert [tick["state"] for tick in ticks["items"]] == ["next"] * 3
    rest = (await editor.get(f"/api/schedules/nightly/ticks?after={ticks['next']}")).json()["items"]
    assert rest[0]["due_at"] > ticks["items"][-1]["due_at"]
    paused = (await editor.post("/api/schedules/nightly/pause")).json()
    assert (paused["enabled"], paused["next_at"], paused["document"]["enabled"]) == (False, None, False)
    assert (await editor.post("/api/schedules/nightly/resume")).json()["next_at"] is not None
    stale = await editor.put(
        "/api/schedules/nightly",
        json={"name": "nightly", "document": document},
        headers={"If-Match": made.headers["etag"]},
    )
    assert stale.status_code == 412
    preview = (
        await editor.post("/api/schedules/preview", json={"document": {"pipeline": "copy", "every": "1h"}})
    ).json()
    assert (preview["explanation"], len(preview["next"])) == ("Every 1h", 10)
    assert (await editor.delete("/api/schedules/nightly")).status_code == 204


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"pipeline": "copy"}, "config.missing_key"),
        ({"pipeline": "copi", "cron": "@daily"}, "config.unknown_pipeline"),
        ({"pipeline": "copy", "cron": "0 0 30 2 *"}, "config.wrong_value"),
        ({"pipeline": "copy", "cron": "* * * * * *"}, "config.wrong_value"),
        ({"pipeline": "copy", "cron": "@daily", "timezone": "Mars/Olympus"}, "config.wrong_value"),
        ({"pipeline": "copy", "every": "${env:EVERY}"}, "config.bad_reference"),
    ],
)
async def test_a_schedule_that_means_nothing_is_refused_with_the_reason(
    bench: Bench, editor: httpx.AsyncClient, document: dict[str, Any], code: str
) -> None:
    await bench.copy()
    answer = await editor.post("/api/schedules", json={"name": "s", "document": document})
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text

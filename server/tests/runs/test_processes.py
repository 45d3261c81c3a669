"""Processes as a deployment has them: an API that is killed while runs go on, and three workers of which one dies."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID

import httpx
import psycopg
import pytest
from runs.bench import Bench, until_true
from runs.conftest import KEY

from headwater_server.auth.tokens import token_hash

TOKEN = "hw_for-the-page-that-follows"
LEASE_S = 6.0


class Api:
    """`headwater server` on the bench's database, in a process that a test may kill."""

    def __init__(self, bench: Bench) -> None:
        self._log = bench.settings.home / "api.log"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        clean = {key: value for key, value in os.environ.items() if not key.startswith("HEADWATER_")}
        self._environment = clean | {
            "HEADWATER_DATABASE_URL": bench.url,
            "HEADWATER_SECRET_KEY": KEY,
            "HEADWATER_HOME": str(bench.settings.home),
            "HEADWATER_PORT": str(self.port),
        }
        self._process: subprocess.Popen[bytes] | None = None
        with psycopg.connect(bench.url) as connection:
            user = "insert into users (id, email, name, role) values (gen_random_uuid(), 'a@b', 'A', 'admin')"
            token = "insert into api_tokens (id, user_id, name, role, token_hash, hint)"
            connection.execute(user)
            connection.execute(
                f"{token} select gen_random_uuid(), id, 't', 'admin', %s, 'hw_' from users", [token_hash(TOKEN)]
            )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=60)

    async def start(self) -> None:
        with self._log.open("ab") as log:
            command = [sys.executable, "-m", "headwater.cli.main", "server"]
            self._process = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)

        async def ready() -> bool:
            assert self._process is not None
            assert self._process.poll() is None, self._log.read_text()
            try:
                async with self.client() as client:
                    return (await client.get("/api/readyz")).status_code == 200
            except httpx.HTTPError:
                return False

        await until_true(ready)

    def kill(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()


@pytest.fixture
def api(bench: Bench) -> Iterator[Api]:
    made = Api(bench)
    yield made
    made.kill()


class Follower:
    """What a page does: it listens, and when it is cut off it comes back with the id of the last event it saw."""

    def __init__(self, api: Api, path: str) -> None:
        self._api = api
        self._path = path
        self.events: list[dict[str, str]] = []
        self.connections = 0

    @property
    def last_id(self) -> str | None:
        return next((event["id"] for event in reversed(self.events) if "id" in event), None)

    def data(self, kind: str, key: str) -> list[str]:
        return [json.loads(event["data"])[key] for event in self.events if event["event"] == kind]

    async def follow(self) -> None:
        """Until it is cancelled, or the stream says `end`."""
        while "end" not in [event["event"] for event in self.events]:
            try:
                async with self._api.client() as client:
                    await self._listen(client)
            except httpx.HTTPError:
                await asyncio.sleep(0.1)

    async def _listen(self, client: httpx.AsyncClient) -> None:
        headers = {} if self.last_id is None else {"Last-Event-ID": self.last_id}
        async with client.stream("GET", self._path, headers=headers) as response:
            response.raise_for_status()
            self.connections += 1
            async for event in _events(response):
                self.events.append(event)


async def _events(response: httpx.Response) -> AsyncIterator[dict[str, str]]:
    event: dict[str, str] = {}
    async for line in response.aiter_lines():
        if not line:
            if "data" in event:
                yield event
            event = {}
            continue
        name, _, value = line.partition(": ")
        event[name] = value


async def test_runs_go_on_while_the_api_is_dead_and_a_page_that_comes_back_has_missed_nothing(
    bench: Bench, api: Api
) -> None:
    await api.start()
    bench.process()
    await bench.copy(steps=[bench.waits("copy")])
    other = await bench.copy("other")
    async with api.client() as client:
        asked = await client.post("/api/pipelines/copy/run", headers={"Idempotency-Key": "once"})
    run_id = UUID(asked.json()["id"])
    log, everything = Follower(api, f"/api/runs/{run_id}/events"), Follower(api, "/api/events")
    following = [asyncio.create_task(page.follow()) for page in (log, everything)]
    await bench.begun("copy")

    async def both_listen() -> bool:
        return bool(log.last_id) and everything.connections == 1

    await until_true(both_listen)
    queued = await bench.ask(other)

    async def seen() -> bool:
        return str(queued) in everything.data("run", "id")

    await until_true(seen)
    api.kill()
    bench.go("copy")
    run = await bench.ended(run_id)
    while_dead = await bench.ended(await bench.ask(other))
    await api.start()
    async with api.client() as client:
        again = await client.post("/api/pipelines/copy/run", headers={"Idempotency-Key": "once"})

    async def told_of_the_end() -> bool:
        ended = [json.loads(event["data"]) for event in everything.events if event["event"] == "run"]
        return {str(run_id), str(while_dead.id)} <= {said["id"] for said in ended if said["status"] == "succeeded"}

    await until_true(told_of_the_end)
    await asyncio.wait_for(following[0], 60)
    following[1].cancel()
    await asyncio.gather(*following, return_exceptions=True)

    assert (run.status, run.attempt, while_dead.status) == ("succeeded", 1, "succeeded"), run.error
    assert again.json()["id"] == str(run_id)
    assert bench.written("copy") == 3
    lines = await bench.sql("select id, message from run_events where run_id = :id order by id", id=run_id)
    assert log.data("log", "message") == [line.message for line in lines]
    assert [event["id"] for event in log.events if event["event"] == "log"] == [str(line.id) for line in lines]
    assert (log.connections, everything.connections) == (2, 2)


async def test_of_three_workers_one_is_killed_and_every_run_is_done_once(bench: Bench) -> None:
    """Twelve runs of six pipelines, all held until the worker is dead."""
    names = [f"p{number}" for number in range(6)]
    pipelines = [await bench.copy(name, steps=[bench.waits(name)]) for name in names]
    workers = {
        f"{socket.gethostname()}:{process.pid}": process
        for process in [bench.process(worker_concurrency=2, worker_lease_s=LEASE_S) for _ in range(3)]
    }
    asked = [await bench.ask(pipeline) for pipeline in [*pipelines, *pipelines]]

    async def all_at_work() -> bool:
        rows = await bench.sql("select distinct worker from run_attempts")
        return len(rows) == len(workers)

    await until_true(all_at_work)
    for name in names:
        await bench.begun(name)
    rows = await bench.sql("select worker, count(*) as runs from run_attempts group by worker")
    assert {row.worker: row.runs for row in rows} == dict.fromkeys(workers, 2)
    os.kill(workers[rows[0].worker].pid, signal.SIGKILL)
    for name in names:
        bench.go(name)
    runs = [await bench.ended(run_id) for run_id in asked]

    assert {run.status for run in runs} == {"succeeded"}, [run.error for run in runs]
    assert sorted(run.worker_losses for run in runs) == [0] * 10 + [1, 1]
    assert {(run.attempt, run.tries) for run in runs if run.worker_losses} == {(2, 1)}
    assert {run.attempt for run in runs if not run.worker_losses} == {1}
    assert {name: bench.written(name) for name in names} == dict.fromkeys(names, 6)
    [overlaps] = await bench.sql(
        "select count(*) from runs a join runs b on a.pipeline_id = b.pipeline_id and a.id < b.id "
        "and b.started_at < a.finished_at"
    )
    assert overlaps[0] == 0
    assert Path(bench.data / "p0.began").exists()

"""A server's database in a folder of its own, pipelines of ten rows, and API and workers as processes."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import httpx
import psycopg
from sqlalchemy import text

from headwater_server.auth.tokens import token_hash
from headwater_server.db.embedded.server import EmbeddedPostgres
from headwater_server.db.migrate import migrate_up
from headwater_server.db.session import Database
from headwater_server.kit.encryption import Sealer
from headwater_server.pipelines.models import Pipeline, PipelineVersion
from headwater_server.runs import service
from headwater_server.runs.service import Asked
from headwater_server.settings import Settings
from headwater_server.worker.main import run_worker

KEY = "a-key-for-benchmarks-0123456789-abcdefghij"
TOKEN = "hw_for-the-benchmarks"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


@contextmanager
def postgres() -> Iterator[tuple[str, Path]]:
    """URL of a migrated database that knows TOKEN, and a home folder; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=f"headwater-bench-server-{os.getpid()}-", dir="/var/tmp") as folder:
        home = Path(folder)
        home.chmod(0o755)
        server = EmbeddedPostgres(home)
        url = server.start()
        try:
            migrate_up(url)
            _know_the_token(url)
            yield url, home
        finally:
            server.stop()


def _know_the_token(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(
            "insert into users (id, email, name, role) values (gen_random_uuid(), 'bench@example.com', 'B', 'admin')"
        )
        connection.execute(
            "insert into api_tokens (id, user_id, name, role, token_hash, hint)"
            " select gen_random_uuid(), id, 'bench', 'admin', %s, 'hw_' from users",
            [token_hash(TOKEN)],
        )


async def pipelines(database: Database, home: Path, count: int) -> list[Pipeline]:
    """Each copies ten rows of its own CSV file to SQLite."""
    data = home / "projects" / "default"
    data.mkdir(parents=True, exist_ok=True)
    made: list[Pipeline] = []
    async with database.begin() as session:
        for number in range(count):
            name = f"p{number}"
            (data / f"{name}.csv").write_text("id,name\n" + "".join(f"{row},n{row}\n" for row in range(10)))
            document = {
                "sources": [{"type": "files", "config": {"url": f"{name}.csv"}, "streams": ["*"]}],
                "destinations": [{"type": "sqlite", "config": {"path": f"{name}.sqlite"}, "write": "append"}],
            }
            pipeline = Pipeline(name=name, document=document)
            session.add(pipeline)
            await session.flush()
            version = PipelineVersion(
                pipeline_id=pipeline.id, number=1, name=name, document=document, author="bench", message=None
            )
            session.add(version)
            made.append(pipeline)
        await session.flush()
        for pipeline in made:
            await session.refresh(pipeline)
    return made


async def ask(database: Database, pipeline: Pipeline) -> UUID:
    async with database.begin() as session:
        return (await service.ask(session, pipeline, Asked("manual", "bench"))).id


async def all_ended(database: Database) -> dict[str, int]:
    """How many runs ended how, once none is left."""
    while True:
        async with database.begin() as session:
            left = (await session.execute(text("select count(*) from runs where finished_at is null"))).scalar_one()
            if not left:
                found = await session.execute(text("select status, count(*) from runs group by status"))
                return {row[0]: row[1] for row in found}
        await asyncio.sleep(0.2)


@contextmanager
def workers(url: str, home: Path, count: int, **settings: object) -> Iterator[None]:
    """As `headwater worker`, with the default settings where none are given. They are there when this begins."""
    given = json.dumps({"url": url, "settings": {"home": str(home), **settings}})
    command = [sys.executable, "-m", "benchmarks.server.stand", given]
    started = [subprocess.Popen(command, stderr=subprocess.DEVNULL) for _ in range(count)]
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            while (row := connection.execute("select count(*) from workers").fetchone()) != (count,):
                assert all(process.poll() is None for process in started), row
                time.sleep(0.1)
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()


@contextmanager
def api(url: str, home: Path) -> Iterator[str]:
    """`headwater server`: its address, once it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "HEADWATER_DATABASE_URL": url, "HEADWATER_SECRET_KEY": KEY}
    environment |= {"HEADWATER_HOME": str(home), "HEADWATER_PORT": str(port), "HEADWATER_LOG_LEVEL": "warning"}
    server = subprocess.Popen([str(Path(sys.executable).with_name("headwater")), "server"], env=environment)
    base = f"http://127.0.0.1:{port}"
    try:
        while not _is_ready(base):
            assert server.poll() is None, "the API has ended"
            time.sleep(0.1)
        yield base
    finally:
        server.terminate()
        server.wait()


def _is_ready(base: str) -> bool:
    try:
        return httpx.get(f"{base}/api/readyz", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    asyncio.run(run_worker(Settings(**asked["settings"]), asked["url"], Sealer(KEY)))

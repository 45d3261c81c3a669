"""A server's database in a folder of its own, pipelines of ten rows, and workers as processes."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from sqlalchemy import text

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


@contextmanager
def postgres() -> Iterator[tuple[str, Path]]:
    """URL of a migrated database, and a home folder; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="headwater-bench-", dir="/var/tmp") as folder:
        home = Path(folder)
        home.chmod(0o755)
        server = EmbeddedPostgres(home)
        url = server.start()
        try:
            migrate_up(url)
            yield url, home
        finally:
            server.stop()


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
    given = json.dumps({"url": url, "settings": {"home": str(home), **settings}})
    started = [subprocess.Popen([sys.executable, __file__, given], stderr=subprocess.DEVNULL) for _ in range(count)]
    try:
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()


def figures(values: list[float]) -> str:
    ordered = sorted(values)
    p50, p95, p99 = (ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.95, 0.99))
    return f"p50 {p50:.3f} s, p95 {p95:.3f} s, p99 {p99:.3f} s, longest {ordered[-1]:.3f} s, n={len(ordered)}"


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    asyncio.run(run_worker(Settings(**asked["settings"]), asked["url"], Sealer(KEY)))

"""A server's database with pipelines in it, and real workers: in this process, or in processes that can be killed."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, text

from headwater_server.db.session import Database
from headwater_server.kit.encryption import Sealer
from headwater_server.pipelines.models import Pipeline, PipelineVersion
from headwater_server.runs import service
from headwater_server.runs.endings import cancel
from headwater_server.runs.models import LIVE, Run
from headwater_server.runs.service import Asked
from headwater_server.settings import Settings
from headwater_server.worker.main import Worker

PROGRAM = Path(__file__).with_name("worker_program.py")


@dataclass
class Bench:
    """What tests do, and look at. `home` is the workers' folder; relative paths of pipelines start in `data`."""

    database: Database
    url: str
    settings: Settings
    sealer: Sealer
    key: str
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list[subprocess.Popen[bytes]])

    @property
    def data(self) -> Path:
        folder = self.settings.home / "projects" / "default"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    async def pipeline(self, name: str, document: dict[str, Any]) -> Pipeline:
        async with self.database.begin() as session:
            pipeline = Pipeline(name=name, document=document)
            session.add(pipeline)
            await session.flush()
            version = PipelineVersion(
                pipeline_id=pipeline.id, number=1, name=name, document=document, author="test", message=None
            )
            session.add(version)
            await session.flush()
            await session.refresh(pipeline)
            return pipeline

    async def copy(self, name: str = "copy", *, rows: int = 3, steps: list[dict[str, Any]] | None = None) -> Pipeline:
        """A pipeline that copies a CSV file to a table of a SQLite database, both named like it."""
        lines = ["id,name", *(f"{number},n{number}" for number in range(rows))]
        (self.data / f"{name}.csv").write_text("\n".join(lines) + "\n")
        document = {
            "sources": [{"type": "files", "config": {"url": f"{name}.csv"}, "streams": ["*"]}],
            "processors": steps or [],
            "destinations": [{"type": "sqlite", "config": {"path": f"{name}.sqlite"}, "write": "append"}],
        }
        return await self.pipeline(name, document)

    def waits(self, name: str) -> dict[str, Any]:
        """A step that holds every run until the file `<name>.go` is there, and says by `<name>.began` that it began."""
        code = self.data / f"{name}_waits.py"
        code.write_text(
            "import pathlib, time\n"
            f"began = pathlib.Path({str(self.data / f'{name}.began')!r})\n"
            f"go = pathlib.Path({str(self.data / f'{name}.go')!r})\n"
            "def process(batch):\n"
            "    with began.open('a') as out:\n"
            "        out.write('x')\n"
            "    while not go.exists():\n"
            "        time.sleep(0.02)\n"
            "    return batch\n"
        )
        return {"type": "python", "config": {"file": str(code), "function": "process"}}

    async def begun(self, name: str, times: int = 1) -> None:
        await until(lambda: _size(self.data / f"{name}.began") >= times)

    def go(self, name: str) -> None:
        (self.data / f"{name}.go").touch()

    async def ask(self, pipeline: Pipeline, trigger: str = "manual", **more: Any) -> UUID:
        async with self.database.begin() as session:
            return (await service.ask(session, pipeline, Asked(trigger, "test", **more))).id

    async def cancel(self, run_id: UUID) -> None:
        async with self.database.begin() as session:
            await cancel(session, run_id, "test")

    async def run(self, run_id: UUID) -> Run:
        async with self.database.begin() as session:
            return (await service.found(session, run_id)).run

    async def ended(self, run_id: UUID, timeout_s: float = 110) -> Run:
        """The run once it is over."""
        async with asyncio.timeout(timeout_s):
            while (run := await self.run(run_id)).status in LIVE:
                await asyncio.sleep(0.05)
        return run

    async def has_status(self, run_id: UUID, status: str, timeout_s: float = 90) -> None:
        async def there() -> bool:
            return (await self.run(run_id)).status == status

        await until_true(there, timeout_s)

    async def sql(self, statement: str, **values: Any) -> list[Any]:
        async with self.database.begin() as session:
            result = await session.execute(text(statement), values)
            return list(result) if isinstance(result, CursorResult) and result.returns_rows else []

    def written(self, name: str) -> int:
        """Rows in the destination's table; 0 when it is not there."""
        with closing(sqlite3.connect(self.data / f"{name}.sqlite")) as connection:
            if not connection.execute("select 1 from sqlite_master where name = ?", [name]).fetchone():
                return 0
            return connection.execute(f'select count(*) from "{name}"').fetchone()[0]

    @asynccontextmanager
    async def worker(self, **changed: Any) -> AsyncIterator[Worker]:
        """In this process."""
        worker = Worker(self.settings.model_copy(update=changed), self.url, self.sealer)
        task = asyncio.create_task(worker.run())

        async def known() -> bool:
            return bool(await self.sql("select 1 from workers where id = :id", id=worker.id))

        try:
            await until_true(known)
            yield worker
        finally:
            worker.stop()
            worker.stop()
            await asyncio.wait_for(task, 60)

    def process(self, role: str = "worker", **changed: Any) -> subprocess.Popen[bytes]:
        """In a process of its own, which a test may kill."""
        settings = self.settings.model_copy(update=changed)
        given = {
            "url": self.url,
            "key": self.key,
            "role": role,
            "settings": settings.model_dump(mode="json", exclude={"secret_key"}),
        }
        log = (self.settings.home / f"{role}-{len(self.processes)}.log").open("wb")
        started = subprocess.Popen([sys.executable, str(PROGRAM), json.dumps(given)], stderr=log, stdout=log)
        self.processes.append(started)
        return started


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


async def until(check: Callable[[], bool], timeout_s: float = 90) -> None:
    async with asyncio.timeout(timeout_s):
        while not check():
            await asyncio.sleep(0.02)


async def until_true(check: Callable[[], Awaitable[bool]], timeout_s: float = 90) -> None:
    async with asyncio.timeout(timeout_s):
        while not await check():
            await asyncio.sleep(0.05)

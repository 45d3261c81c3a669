"""Rejected rows travel: from the disk of the worker where they were rejected into the database, and from there to
whichever worker is asked about them.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from headwater.sdk.errors import ConfigError
from headwater_server.db.session import Database
from headwater_server.quarantine import repository
from headwater_server.runs import service as runs
from headwater_server.runs.claims import Claimed
from headwater_server.settings import Settings
from headwater_server.worker.patience import surely
from headwater_server.worker.process import Outcome


class RejectedFiles:
    """Those of one attempt."""

    def __init__(self, database: Database, settings: Settings, claimed: Claimed) -> None:
        self._database = database
        self._settings = settings
        self._claimed = claimed
        self._fetched: Path | None = None

    def clear(self) -> None:
        """What was fetched for a replay is no longer needed."""
        if self._fetched is not None and self._fetched.parent == self._settings.home / "engine" / "tmp":
            self._fetched.unlink(missing_ok=True)

    async def store(self, outcome: Outcome) -> None:
        """Keep what the engine rejected, and note which rows a replay delivered. Right when done twice."""
        result = (outcome.answer or {}).get("result")
        if not isinstance(result, dict):
            return
        claimed = self._claimed
        for file in result.get("quarantine") or []:
            await keep(self._database, self._settings, file, claimed.pipeline_id, claimed.id)
        replayed = [int(row) for row in result.get("replayed") or []]
        if claimed.trigger == "replay" and replayed:
            file_id = UUID(claimed.parameters["file"])

            async def close(session: AsyncSession) -> None:
                await repository.locked(session, file_id)
                by = claimed.parameters.get("by") or "replay"
                await repository.close(session, file_id, replayed, status="replayed", by=by, run_id=claimed.id)

            await surely(self._database, close, what="replayed rows")

    async def for_replay(self) -> dict[str, Any]:
        """What a request to replay needs beside the project. Raises ConfigError."""
        claimed, file_id = self._claimed, UUID(self._claimed.parameters["file"])

        async def read(session: AsyncSession) -> dict[str, Any]:
            await runs.require_settled(session, claimed.pipeline_id)
            found = await repository.by_id(session, file_id)
            if found is None:
                raise ConfigError("the rejected rows are no longer there", code="quarantine.gone")
            self.clear()
            path = await _path_of(session, self._settings, file_id, self._settings.home / "engine" / "tmp")
            self._fetched = path
            return {
                "file": str(path),
                "stream": found[0].stream,
                "of_run": found[0].engine_run_id,
                "rows": claimed.parameters.get("rows"),
                "edits": {str(row): record for row, record in (await repository.edits_of(session, file_id)).items()},
                "closed": await repository.rows_with(session, file_id, ("replayed", "dismissed")),
            }

        return await surely(self._database, read, what="rejected rows")


async def keep(
    database: Database, settings: Settings, file: Mapping[str, Any], pipeline_id: UUID, run_id: UUID | None
) -> None:
    """Store a file as the engine describes it, and take it from this disk when it is our own and fits."""
    path = Path(file["path"])
    fits = file["size_bytes"] <= settings.quarantine_file_limit_mb * 1_000_000

    async def write(session: AsyncSession) -> None:
        row = {
            "run_id": run_id,
            "pipeline_id": pipeline_id,
            "stream": file["stream"],
            "engine_run_id": file["engine_run_id"],
            "file_name": path.name,
            "rows": file["rows"],
            "open_rows": file["rows"],
            "size_bytes": file["size_bytes"],
            "rules": file["rules"],
            "kept_at": None if fits else str(path),
        }
        file_id = await repository.add_file(session, row)
        if file_id is not None and fits:
            await repository.add_content(session, file_id, _chunks(path))

    if path.exists():
        await surely(database, write, what="rejected rows")
        if fits and file["ours"]:
            path.unlink(missing_ok=True)
            path.with_name(f"{path.stem}.replayed.json").unlink(missing_ok=True)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while chunk := source.read(repository.CHUNK_BYTES):
            yield chunk


@asynccontextmanager
async def fetched(database: Database, settings: Settings, given: Mapping[str, Any]) -> AsyncIterator[dict[str, Any]]:
    """The request with `file`, the path of the quarantine file that it names by `quarantine_file`; gone afterwards."""
    wanted = given.get("quarantine_file")
    if wanted is None:
        yield dict(given)
        return
    folder = settings.home / "engine" / "tmp"
    async with database.begin() as session:
        path = await _path_of(session, settings, UUID(wanted), folder)
    try:
        yield {**given, "file": str(path)}
    finally:
        if path.parent == folder:
            path.unlink(missing_ok=True)


async def _path_of(session: AsyncSession, settings: Settings, file_id: UUID, folder: Path) -> Path:
    found = await repository.by_id(session, file_id)
    if found is None:
        raise ConfigError("the rejected rows are no longer there", code="quarantine.gone")
    if found[0].kept_at is not None:
        path = Path(found[0].kept_at)
        if not path.exists():
            raise ConfigError(
                f"these rejected rows are too many for the database, and stand on another worker, in {path}",
                hint="raise HEADWATER_QUARANTINE_FILE_LIMIT_MB before the next run, or give the workers one folder",
                code="quarantine.elsewhere",
            )
        return path
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix="rejected-", suffix=".parquet", delete=False) as out:
        async for chunk in repository.content(session, file_id):
            await asyncio.to_thread(out.write, chunk)
    return Path(out.name)

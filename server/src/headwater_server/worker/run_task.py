"""One attempt at one run, from claim to ending."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from headwater.sdk.errors import HeadwaterError
from headwater_server.db.session import Database
from headwater_server.runs import service as runs
from headwater_server.runs.claims import Claimed
from headwater_server.runs.endings import Ending, end
from headwater_server.runs.told import engine_began, tell_lines, tell_progress
from headwater_server.worker.hearing import RunHearer, note
from headwater_server.worker.patience import GONE, surely
from headwater_server.worker.process import EngineProcess, Outcome
from headwater_server.worker.rejected_files import RejectedFiles
from headwater_server.worker.requests import Engines
from headwater_server.worker.spares import Spares
from headwater_server.worker.verdict import verdict

log = logging.getLogger(__name__)

FLUSH_EVERY_S = 0.25
STOP_GRACE_S = 10.0


class RunTask:
    """`stop` and `kill` may come at any time, also before there is an engine."""

    def __init__(self, claimed: Claimed, database: Database, engines: Engines, spares: Spares) -> None:
        self.claimed = claimed
        self._database = database
        self._engines = engines
        self._spares = spares
        self._engine: EngineProcess | None = None
        self._stopped = False
        self._killed = False
        self._handed_on = False
        self._begun_at = time.monotonic()
        self.ended = asyncio.Event()

    def begun_before(self, moment: float) -> bool:
        """By time.monotonic(): what was asked of the database later would show this run."""
        return self._begun_at < moment

    def stop(self) -> None:
        """The run was cancelled."""
        self._stopped = True
        if self._engine is not None:
            self._engine.stop(STOP_GRACE_S)

    def hand_on(self) -> None:
        """The worker ends: another goes on with the run."""
        self._handed_on = True
        self.stop()

    def kill(self) -> None:
        """The run is no longer this worker's."""
        self._killed = True
        if self._engine is not None:
            self._engine.kill()

    async def run(self) -> None:
        try:
            await self._run()
        finally:
            self.ended.set()

    async def _run(self) -> None:
        claimed = self.claimed
        try:
            ending = await self._ending()
        except HeadwaterError as error:
            ending = Ending("failed", unsettled=False, error=dict(error.as_dict()))
        except Exception as error:
            log.exception("an attempt failed in the worker", extra={"event": "worker.bug", "run": str(claimed.id)})
            said = {"code": "internal.bug", "message": f"the worker failed: {type(error).__name__}", "hint": None}
            ending = Ending("failed", unsettled=True, error=said)
        if self._killed:
            return
        if ending.report is None and claimed.resumed:
            # An earlier engine died, and this one did not come so far as to find out what that had committed.
            ending = replace(ending, unsettled=True)
        refund = False
        if self._handed_on and ending.status != "succeeded":
            ending, refund = replace(ending, status="failed", retry_s=0.0, progressed=False), True
        status = await surely(
            self._database, lambda session: end(session, claimed.id, claimed.attempt, ending, refund=refund), what="end"
        )
        log.info(
            "an attempt ended",
            extra={"event": "run.ended", "run": str(claimed.id), "attempt": claimed.attempt, "status": status},
        )

    async def _ending(self) -> Ending:
        claimed = self.claimed
        given = await surely(self._database, self._given, what="request")
        request = self._engines.request("replay" if claimed.trigger == "replay" else "run", given)
        files = RejectedFiles(self._database, self._engines.settings, claimed)
        if claimed.trigger == "replay":
            request |= await files.for_replay()
        hearer = RunHearer(self._engines.settings.run_log_lines, list(request["secrets"].values()))
        try:
            outcome = await self._carry_out(request, hearer)
        finally:
            files.clear()
        if self._killed:
            return Ending("failed", unsettled=True)
        await files.store(outcome)
        settings = self._engines.settings
        return verdict(outcome, tries=claimed.tries, most_tries=settings.run_attempts)

    async def _given(self, session: AsyncSession) -> dict[str, Any]:
        claimed = self.claimed
        bundle = await runs.bundle_of(session, claimed.pipeline_id, claimed.version)
        return {
            "project": bundle.project,
            "sealed": bundle.sealed,
            "pipeline": bundle.name,
            "run_id": claimed.engine_run_id,
            "resumed": claimed.resumed,
            "streams": claimed.parameters.get("streams") or [],
            "full_refresh": bool(claimed.parameters.get("full_refresh")),
        }

    async def _carry_out(self, request: Mapping[str, Any], hearer: RunHearer) -> Outcome:
        self._engine = await self._spares.take()
        if self._killed:
            self._engine.kill()
        telling = asyncio.create_task(self._tell(hearer))
        try:
            working = asyncio.create_task(self._engine.carry_out(request, hearer))
            if self._stopped:
                self._engine.stop(STOP_GRACE_S)
            outcome = await working
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)
            self._engine.kill()
        if not self._killed:
            await self._tell_the_rest(hearer, outcome)
        return outcome

    async def _tell(self, hearer: RunHearer) -> None:
        claimed = self.claimed
        await surely(self._database, lambda session: engine_began(session, claimed.id, claimed.attempt), what="began")
        while True:
            await asyncio.sleep(FLUSH_EVERY_S)
            lines, progress = hearer.take_lines(), hearer.take_progress()
            if not lines and not progress:
                continue
            try:
                async with self._database.begin() as session:
                    await self._write(session, lines, progress)
            except asyncio.CancelledError:
                hearer.give_back(lines, progress)
                raise
            except GONE:
                hearer.give_back(lines, progress)

    async def _tell_the_rest(self, hearer: RunHearer, outcome: Outcome) -> None:
        lines, progress = hearer.take_lines(), hearer.take_progress()
        if outcome.died is not None:
            lines.append(note("error", "engine_died", outcome.died))
        lines += hearer.last_lines()
        await surely(self._database, lambda session: self._write(session, lines, progress), what="lines")

    async def _write(self, session: AsyncSession, lines: list[dict[str, Any]], progress: list[dict[str, Any]]) -> None:
        claimed = self.claimed
        await tell_lines(session, claimed.id, claimed.attempt, lines)
        await tell_progress(session, claimed.id, claimed.attempt, progress)

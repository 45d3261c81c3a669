"""At its start a worker looks for rejected rows that an earlier one left on this disk when it died."""

from __future__ import annotations

import logging
from pathlib import Path

from headwater_server.db.session import Database
from headwater_server.quarantine import repository
from headwater_server.worker.process import Outcome
from headwater_server.worker.rejected_files import keep
from headwater_server.worker.requests import Deaf, Engines
from headwater_server.worker.spares import Spares

log = logging.getLogger(__name__)
SCAN_S = 600.0


async def store_left_behind(database: Database, engines: Engines, spares: Spares) -> None:
    folder = engines.settings.home / "engine" / "quarantine"
    if not any(folder.glob("*/*/*.parquet")):
        return
    engine = await spares.take()
    outcome: Outcome = await engine.carry_out(engines.request("quarantine_scan", {}), Deaf(), timeout_s=SCAN_S)
    found = ((outcome.answer or {}).get("result") or {}).get("files") or []
    for file in found:
        async with database.begin() as session:
            owner = await repository.run_of_engine(session, file["engine_run_id"], file["pipeline"])
            known = owner and await repository.known_names(
                session, [(owner[1], file["stream"], Path(file["path"]).name)]
            )
        if owner is not None and not known:
            await keep(database, engines.settings, file, owner[1], owner[0])
            log.info("rejected rows were found", extra={"event": "quarantine.found", "stream": file["stream"]})

"""One attempt at one stream, from opening its loads to committing them; nothing of a load that fails stays behind."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from hashlib import blake2s
from pathlib import Path

from headwater.plan.model import Chain, EngineOptions, LoadPlan
from headwater.run.context import RunContext
from headwater.run.local.database import Database
from headwater.run.local.deliver import deliver
from headwater.run.local.errors import load_failure, read_failure
from headwater.run.local.open_load import OpenLoad, Outcome
from headwater.run.local.refresh import distinct_key, with_one_row_per_key
from headwater.run.local.release import release
from headwater.run.position import position_of
from headwater.run.quarantine import folder_of, recover
from headwater.run.watched import clean_up, watched
from headwater.sdk.destination import Checkpoint, Destination, Load, LoadRequest, Write

log = logging.getLogger(__name__)


class Attempt:
    """Delivers one chain to the loads that are still wanted. `earlier` is what the attempt before brought, by load."""

    def __init__(self, chain: Chain, context: RunContext, database: Database, options: EngineOptions) -> None:
        self._chain = chain
        self._context = context
        self._database = database
        self._options = options

    def run(self, number: int, wanted: tuple[LoadPlan, ...], earlier: Mapping[int, Outcome]) -> list[Outcome]:
        """One outcome per load, in order; never raises for what belongs to a load."""
        outcomes: dict[int, Outcome] = {}
        opened: list[OpenLoad] = []
        started = time.monotonic()
        try:
            for plan in wanted:
                try:
                    opened.append(self._open(plan))
                except BaseException as error:
                    failure = load_failure(error, destination=plan.destination, table=plan.table)
                    outcomes[id(plan)] = Outcome(plan, error=failure)
            recovered = self._recover(opened)
            for load in opened:
                if load.done:
                    outcomes[id(load.plan)] = self._replayed(load, earlier.get(id(load.plan)), recovered)
            for group in self._sharing_a_read([load for load in opened if not load.done]):
                for outcome in self._deliver(number, group):
                    outcomes[id(outcome.plan)] = outcome
        finally:
            for load in opened:
                release(load, self._context.stop)
        took_s = time.monotonic() - started
        return [outcomes[id(plan)].ended(took_s, self._context.connections.secrets) for plan in wanted]

    def _open(self, plan: LoadPlan) -> OpenLoad:
        self._context.stop.check()
        request = self._request(plan)
        destination = self._context.connections.destination(plan.destination)
        what = f"open {plan.table}"

        def too_late(answer: tuple[Load, Checkpoint | None]) -> None:
            answer[0].abort()
            destination.close()

        try:
            load, stored = watched(lambda: _opened(destination, request), self._context.stop, what=what, late=too_late)
        except BaseException:
            clean_up(destination.close, self._context.stop, what=f"close {plan.destination}")
            raise
        opened = OpenLoad(plan, request, destination, load, stored)
        try:
            value = None if self._context.full_refresh or stored is None else stored.value
            opened.position = position_of(value, self._chain.scan)
        except BaseException:
            release(opened, self._context.stop)
            raise
        return opened

    def _request(self, plan: LoadPlan) -> LoadRequest:
        scan, context = self._chain.scan, self._context
        write = plan.write
        if context.full_refresh and write in (Write.APPEND, Write.MERGE):
            write = Write.REPLACE
        return LoadRequest(
            load_id=self._load_id(plan, write),
            pipeline=context.pipeline,
            stream=self._chain.name,
            table=plan.table,
            schema=self._chain.schema,
            write=write,
            key=plan.key,
            cursor=scan.cursor if scan.cursor in self._chain.schema.names else None,
            evolution=plan.evolution,
            full=scan.mode == "full" or context.full_refresh,
        )

    def _load_id(self, plan: LoadPlan, write: Write) -> str:
        """Stable over retries. A full append that a dead process may have committed keeps its id, so that it is not
        repeated; all other loads are right when done again with what the source holds now."""
        what = f"{self._chain.name}\0{plan.destination}\0{plan.table}"
        name = f"{self._context.run_id}-{blake2s(what.encode(), digest_size=5).hexdigest()}"
        again = write is not Write.APPEND or self._chain.scan.mode == "incremental"
        return f"{name}-{self._context.resumed}" if again and self._context.resumed else name

    def _recover(self, opened: list[OpenLoad]) -> str | None:
        """The rejected rows of loads that were committed by a process, or an attempt, that never learnt of it."""
        known = {(load.plan.destination, load.plan.table): load.stored and load.stored.load_id for load in opened}
        context, own = self._context, self._chain.name
        found: list[Path] = []
        try:
            for name in (own, *(side.chain.name for side in self._chain.sides if not side.counted)):
                recovered = recover(folder_of(context.quarantine_home, context.pipeline, name), known)
                found += recovered if name == own else []
        except OSError as error:
            log.warning("quarantine not recovered", exc_info=error, extra={"event": "quarantine_pending"})
        return str(found[-1]) if found else None

    def _replayed(self, load: OpenLoad, earlier: Outcome | None, recovered: str | None) -> Outcome:
        try:
            committed = watched(load.answer_again, self._context.stop, what=f"commit {load.plan.table}")
        except BaseException as error:
            failure = load_failure(error, destination=load.plan.destination, table=load.plan.table)
            return Outcome(load.plan, error=failure, in_doubt=True)
        return load.replayed(committed, earlier, recovered)

    def _deliver(self, number: int, group: list[OpenLoad]) -> list[Outcome]:
        chain = self._chain
        if key := distinct_key(chain, group[0]):
            chain = with_one_row_per_key(chain, key)
        try:
            notes = deliver(chain, group, self._context, self._database, self._options, number)
        except BaseException as error:
            failure = read_failure(error, self._chain.scan)
            log.info("attempt failed", exc_info=error, extra={"event": "attempt_failed", "stream": chain.name})
            return [Outcome(load.plan, error=failure) for load in group]
        return [load.outcome(notes) for load in group]

    def _sharing_a_read(self, loads: list[OpenLoad]) -> list[list[OpenLoad]]:
        """Loads that stand at the same place, and want the same rows, share one read of the source."""
        groups: dict[object, list[OpenLoad]] = {}
        for load in loads:
            rereads_nulls = load.request.write in (Write.MERGE, Write.SCD2)
            key = (load.position, rereads_nulls, distinct_key(self._chain, load))
            groups.setdefault(key, []).append(load)
        return list(groups.values())


def _opened(destination: Destination, request: LoadRequest) -> tuple[Load, Checkpoint | None]:
    load = destination.open(request)
    return load, load.last_checkpoint()

"""One attempt at one stream, from opening its loads to committing them; nothing of a load that fails stays behind."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from hashlib import blake2s

from headwater.plan.model import Chain, EngineOptions, LoadPlan
from headwater.run.context import RunContext
from headwater.run.events import Progress
from headwater.run.local.database import Database
from headwater.run.local.deliver import deliver
from headwater.run.local.errors import load_failure, read_failure
from headwater.run.local.notes import Notes
from headwater.run.local.open_load import OpenLoad, Outcome
from headwater.run.position import position_of
from headwater.sdk.destination import Destination, LoadRequest, Write
from headwater.sdk.errors import HeadwaterError

log = logging.getLogger(__name__)


class Attempt:
    """Delivers one chain to the loads that are still wanted."""

    def __init__(self, chain: Chain, context: RunContext, database: Database, options: EngineOptions) -> None:
        self._chain = chain
        self._context = context
        self._database = database
        self._options = options

    def run(self, wanted: tuple[LoadPlan, ...]) -> list[Outcome]:
        """One outcome per load, in order; never raises for what belongs to a load."""
        outcomes: dict[int, Outcome] = {}
        opened: list[OpenLoad] = []
        started = time.monotonic()
        try:
            for plan in wanted:
                try:
                    opened.append(self._open(plan))
                except Exception as error:
                    failure = load_failure(error, destination=plan.destination, table=plan.table)
                    outcomes[id(plan)] = Outcome(plan, error=failure)
            for group in _by_position(opened):
                for outcome in self._deliver(group):
                    outcomes[id(outcome.plan)] = outcome
        finally:
            for load in opened:
                self._release(load)
        took_s = time.monotonic() - started
        return [outcomes[id(plan)].timed(took_s) for plan in wanted]

    def _open(self, plan: LoadPlan) -> OpenLoad:
        self._context.stop.check()
        request = self._request(plan)
        destination = self._context.connections.destination(plan.destination)
        try:
            load = destination.open(request)
        except BaseException:
            destination.close()
            raise
        stored = load.last_checkpoint()
        value = None if self._context.full_refresh or stored is None else stored.value
        try:
            position = position_of(value, self._chain.scan)
        except HeadwaterError:
            load.abort()
            destination.close()
            raise
        done = stored is not None and stored.load_id == request.load_id and plan.write is Write.APPEND
        return OpenLoad(plan, request, destination, load, position, done=done)

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

    def _deliver(self, group: list[OpenLoad]) -> list[Outcome]:
        fresh = [load for load in group if not load.done]
        outcomes = [load.replayed() for load in group if load.done]
        if not fresh:
            return outcomes
        try:
            notes = deliver(self._chain, fresh, self._context, self._database, self._options, self._on_progress)
        except Exception as error:
            failure = read_failure(error, self._chain.scan)
            log.info(
                "attempt failed",
                exc_info=error,
                extra={"event": "attempt_failed", "stream": self._chain.name},
            )
            return [*outcomes, *(Outcome(load.plan, error=failure) for load in fresh)]
        return [*outcomes, *(load.outcome(notes) for load in fresh)]

    @property
    def _on_progress(self) -> Callable[[Notes], None]:
        estimate = self._chain.scan.stream.row_estimate
        name = self._chain.name

        def tell(notes: Notes) -> None:
            t = notes.tally
            self._context.emit(Progress(name, t.read, t.filtered, t.rejected, t.deduplicated, t.passed, estimate))

        return tell

    def _release(self, load: OpenLoad) -> None:
        destination: Destination = load.destination
        try:
            if load.committed is None and not load.done:
                load.load.abort()
        except Exception as error:
            # What stays behind is invisible, and the next load of this table sweeps it.
            log.warning("abort failed", exc_info=error, extra={"event": "abort_failed", "table": load.plan.table})
        finally:
            destination.close()


def _by_position(loads: list[OpenLoad]) -> list[list[OpenLoad]]:
    """Loads that stand at the same place share one read of the source."""
    groups: dict[str, list[OpenLoad]] = {}
    for load in loads:
        rereads_nulls = load.request.write in (Write.MERGE, Write.SCD2)
        groups.setdefault(f"{load.position}{rereads_nulls}{load.done}", []).append(load)
    return list(groups.values())

"""What becomes of a run whose worker was lost: it is taken over, and its tries are not touched, as the run did nothing
wrong. A run that takes its worker down each time is given up all the same.
"""

from __future__ import annotations

from headwater_server.runs.endings import Ending

LOST = {
    "code": "run.worker_lost",
    "message": "the worker died, or could not reach the database for too long",
    "hint": "another goes on with the run; see the worker's own log",
}
# The first takeovers come at once; after that a machine that is short of everything is given time.
AT_ONCE, LONGEST_WAIT_S = 2, 60.0


def ending_of_lost(losses: int, most: int) -> Ending:
    """`losses` are those before this one, since rows last got through; `most` is HEADWATER_RUN_WORKER_LOSSES."""
    times = losses + 1
    if times < most:
        wait_s = 0.0 if times <= AT_ONCE else min(LONGEST_WAIT_S, 2.0 ** (times - AT_ONCE))
        return Ending("failed", unsettled=True, retry_s=wait_s, worker_lost=True, error=LOST)
    error = {
        "code": "run.kills_workers",
        "message": f"{times} workers, one after the other, were lost while they were at this run; it is given up",
        "hint": "when it takes all memory, set HEADWATER_RUN_MEMORY_LIMIT_MB; see the workers' own logs",
    }
    return Ending("failed", unsettled=True, worker_lost=True, error=error)

"""The end of a load in the engine's hands: abort what was not committed, and let go of the destination."""

from __future__ import annotations

from headwater.run.local.open_load import OpenLoad
from headwater.run.stop import StopFlag
from headwater.run.watched import clean_up


def release(load: OpenLoad, stop: StopFlag) -> None:
    """What an abort cannot remove is invisible, and the next load of this table sweeps it."""
    if load.committing:
        return
    if load.committed is None and not load.done:
        clean_up(load.load.abort, stop, what=f"abort {load.plan.table}")
    clean_up(load.destination.close, stop, what=f"close {load.plan.destination}")

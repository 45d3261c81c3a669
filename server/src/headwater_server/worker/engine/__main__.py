"""`python -m headwater_server.worker.engine`: waits for one request with everything imported, and carries it out."""

from __future__ import annotations

import os
import sys
from typing import Any

from headwater.run.stop import StopFlag
from headwater_server.worker.engine.answers import error_of
from headwater_server.worker.engine.kinds import KINDS
from headwater_server.worker.engine.limits import die_with_parent, limit_memory, usage
from headwater_server.worker.engine.logs import told_as_lines
from headwater_server.worker.engine.pipe import Lines, Requests


def main() -> None:
    die_with_parent()
    lines, requests = Lines(), Requests()
    request = requests.first()
    if request is None:
        return
    stop = StopFlag()
    requests.watch(stop)
    limit_memory(request.get("memory_limit_bytes"))
    with told_as_lines(lines, [str(value) for value in request.get("secrets", {}).values()]):
        lines.last(answer(request, lines, stop))
    _leave()


def answer(request: dict[str, Any], lines: Lines, stop: StopFlag) -> dict[str, Any]:
    """The last line: whatever goes wrong is said there."""
    try:
        result = KINDS[request["kind"]](request, lines, stop)
    except BaseException as error:  # noqa: BLE001  this is where the process's work ends
        return {"error": error_of(error), "usage": usage()}
    return {"result": result, "usage": usage()}


def _leave() -> None:
    """Calls that were left behind, and threads of drivers, hold the process no longer."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()

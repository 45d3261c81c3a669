"""A process that loads rows and kills itself at a named point: `python -m headwater.testing.crash ORDER`.

The order (JSON) names the file and the class of a subclass of `DestinationCase`, which makes the destination;
the rows come on standard input as an Arrow stream.
"""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import pyarrow as pa

from headwater.sdk.destination import Evolution, LoadRequest, Write


def main() -> None:
    order = json.loads(sys.argv[1])
    rows = pa.ipc.open_stream(sys.stdin.buffer.read()).read_all()
    case = _case(order)
    stated: dict[str, Any] = order["request"]
    stated["write"], stated["evolution"] = Write(stated["write"]), Evolution(stated["evolution"])
    stated["key"], stated["schema"] = tuple(stated["key"]), rows.schema
    request = LoadRequest(**stated)
    point = order["point"]
    load = case.make_destination(Path(order["place"])).open(request)
    if point == "open":
        _die()
    receipt = load.write("part-0", _rows(rows, last_moment=point == "mid-write"))
    if point == "before-commit":
        _die()
    if point == "during-commit":
        threading.Timer(0.004, _die).start()
    load.commit([receipt], {"n": 1})
    _die()


def _case(order: dict[str, Any]) -> Any:
    spec = importlib.util.spec_from_file_location("crash_case", order["file"])
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["crash_case"] = module
    spec.loader.exec_module(module)
    made: Any = reduce(getattr, order["class"].split("."), module)
    case = made()
    vars(case).update(order["state"])
    return case


def _rows(rows: pa.Table, *, last_moment: bool) -> pa.RecordBatchReader:
    def batches() -> Iterator[pa.RecordBatch]:
        yield from rows.to_batches(max_chunksize=max(1, rows.num_rows // 4))
        if last_moment:
            _die()

    return pa.RecordBatchReader.from_batches(rows.schema, batches())


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()

"""What can be asked of the process, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from headwater.run.stop import StopFlag
from headwater_server.worker.engine import calls, rejected, runs
from headwater_server.worker.engine.pipe import Lines

Kind = Callable[[Mapping[str, Any], Lines, StopFlag], dict[str, Any]]

KINDS: Mapping[str, Kind] = {
    "run": runs.run,
    "replay": runs.replay,
    "check": calls.check,
    "discover": calls.discover,
    "stream_preview": calls.stream_preview,
    "stream_profile": calls.stream_profile,
    "plan": calls.plan,
    "preview": calls.preview,
    "try_processor": calls.try_processor,
    "detect": calls.detect,
    "profile_rules": calls.profile_rules,
    "infer_contract": calls.infer_contract,
    "sql": calls.sql,
    "state": calls.state,
    "set_state": calls.set_state,
    "reset_state": calls.reset_state,
    "quarantine_rows": rejected.rows,
    "quarantine_export": rejected.export,
    "quarantine_scan": rejected.scan,
}

"""What an engine's end means for its run: over, or to be tried again, and when."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from headwater_server.runs.endings import Ending, rows_of
from headwater_server.worker.process import Outcome

FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 600.0
DIED_WAIT_S = 1.0
BUSY_WAIT_S = 2.0


def verdict(outcome: Outcome, *, tries: int, most_tries: int) -> Ending:
    """`tries` counts this one. A run succeeds only when its engine said so in its last words."""
    ending = _ending(outcome)
    if ending.retry_s is None:
        return ending
    if ending.progressed:
        return replace(ending, retry_s=FIRST_WAIT_S)
    if tries >= most_tries:
        return replace(ending, retry_s=None)
    return replace(ending, retry_s=min(LONGEST_WAIT_S, ending.retry_s * 2 ** max(0, tries - 1)))


def _ending(outcome: Outcome) -> Ending:
    match outcome.answer:
        case {"result": {"report": dict(report)} as result}:
            return _reported(report, result, outcome)
        case {"error": dict(error)}:
            wait_s = BUSY_WAIT_S if error.get("code") == "run.busy" else (error.get("retry_after_s") or FIRST_WAIT_S)
            status = "cancelled" if error.get("kind") == "cancelled" else "failed"
            retry_s = wait_s if error.get("kind") == "transient" else None
            return Ending(status, unsettled=False, retry_s=retry_s, error=error, usage=outcome.usage)
        case _:
            return _died(outcome)


def _reported(report: dict[str, Any], result: dict[str, Any], outcome: Outcome) -> Ending:
    doubt = bool(result.get("in_doubt"))
    status = str(report.get("status"))
    if status == "succeeded":
        return Ending("succeeded", unsettled=doubt, report=report, usage=outcome.usage)
    errors = [load["error"] for load in report.get("loads") or [] if load.get("error")]
    fallback = {"code": "run.failed", "message": "the run did not reach its end", "hint": None}
    return Ending(
        "cancelled" if status == "cancelled" else "failed",
        unsettled=doubt,
        retry_s=FIRST_WAIT_S if result.get("transient") else None,
        progressed=bool(result.get("transient")) and rows_of(report)["written"] > 0,
        error=_said(errors) if errors else fallback,
        report=report,
        usage=outcome.usage,
    )


def _said(errors: list[dict[str, Any]]) -> dict[str, Any]:
    first = errors[0]
    more = f" (and {len(errors) - 1} more loads failed)" if len(errors) > 1 else ""
    return {"code": first["code"], "message": f"{first['message']}{more}", "hint": first.get("hint")}


def _died(outcome: Outcome) -> Ending:
    if outcome.memory:
        error = {
            "code": "run.memory_limit",
            "message": "the engine took more memory than a run may have, and was ended",
            "hint": "raise HEADWATER_RUN_MEMORY_LIMIT_MB, or read less at once (`engine: {memory: …}`, `parallelism`)",
        }
        return Ending("failed", unsettled=True, error=error, usage=outcome.usage)
    error = {
        "code": "run.engine_died",
        "message": outcome.died or "the engine gave no answer",
        "hint": "its last lines are in the log; when memory ended, give the run more of it",
    }
    return Ending("failed", unsettled=True, retry_s=DIED_WAIT_S, error=error, usage=outcome.usage)

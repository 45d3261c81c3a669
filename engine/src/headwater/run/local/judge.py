"""After the last row and before anything is published: do the limits and the set rules allow these rows?"""

from __future__ import annotations

from datetime import UTC, datetime

from headwater.plan.model import Chain, EngineOptions
from headwater.run.checks import row_checks, set_checks, stored_measures
from headwater.run.local.known_malformed import REMEMBERED
from headwater.run.local.notes import Notes
from headwater.run.local.open_load import OpenLoad
from headwater.run.local.witnesses import evidence_checks
from headwater.sdk.errors import DataError, HeadwaterError
from headwater.sdk.processor import Reject
from headwater.sdk.stream import Json
from headwater.toolkit.arrow_types import field_type_name


def judge(chain: Chain, loads: list[OpenLoad], notes: Notes, options: EngineOptions) -> None:
    """Every load learns its checks; one that must not be published gets its failure."""
    rows = row_checks(notes.rules)
    # The few rows of a replay are no set to hold against a stream's limits and rules, and stand as a step left them.
    whole = all(load.kept_checkpoint is None for load in loads)
    too_many = _too_many(chain, notes, options) if whole else None
    proofs, unproved = evidence_checks(chain, notes.seen)
    for load in loads:
        stored = load.load.last_checkpoint()
        previous = stored.value if stored is not None else {}
        measures = previous.get("measures")
        known = measures if isinstance(measures, dict) else {}
        sets = set_checks(notes.measured, known, datetime.now(UTC)) if whole else []
        load.checks += [*rows, *sets, *proofs, *(_drift(chain, previous.get("schema")) if whole else [])]
        broken = next((check for check in sets if not check["passed"] and check["severity"] == "fail"), None)
        failure = too_many or unproved or (_broken(chain, broken) if broken is not None else None)
        load.failure = load.failure or failure


def remembered(chain: Chain, notes: Notes) -> dict[str, Json]:
    """What the checkpoint keeps beside the cursor: measures to compare with, the schema, what could not be parsed."""
    kept: dict[str, Json] = {"schema": {field.name: field_type_name(field) for field in chain.scan.stream.schema}}
    if notes.malformed:
        kept["malformed"] = list[Json](notes.malformed[:REMEMBERED])
    if notes.measured:
        kept["measures"] = stored_measures(notes.measured)
    return kept


def _too_many(chain: Chain, notes: Notes, options: EngineOptions) -> HeadwaterError | None:
    """`quarantine.limit` for the whole chain, and the limits of its steps."""
    read = notes.tally.read
    limits = [(notes.tally.rejected, options.rejected_rows, options.rejected_share, "`quarantine.limit`")]
    for step in chain.steps:
        for operation in step.operations:
            if isinstance(operation, Reject):
                count = notes.rejected_at.get(step.number, 0)
                limits.append((count, operation.limit_rows, operation.limit_share, f"the limit of step {step.name!r}"))
    for broken in notes.rules.all():
        rule, name = broken.ref.rule, f"step {broken.ref.step_name!r}, rule {broken.ref.rule.id!r}"
        limits.append((broken.rows, rule.limit_rows, rule.limit_share, f"`max_rejected` of {name}"))
    for count, rows, share, name in limits:
        if (rows is not None and count > rows) or (share is not None and count > share * read):
            return DataError(
                f"stream {chain.name!r}: {count:,} of {read:,} rows are bad, more than {name} allows",
                hint="preview the pipeline to see them, then correct the source or the rules, or raise the limit",
                code="data.too_many_rejected",
            )
    return None


def _broken(chain: Chain, check: dict[str, Json]) -> HeadwaterError:
    bounds = [f"at least {check['lower']}"] if check["lower"] is not None else []
    bounds += [f"at most {check['upper']}"] if check["upper"] is not None else []
    found = check["compared"] if check["compared"] is not None else check["value"]
    return DataError(
        f"stream {chain.name!r}, step {check['step']} ({check['step_name']}), rule {check['name']!r}: "
        f"{check['message']}; found {found}, wanted {' and '.join(bounds) or 'a value'}",
        hint="nothing was published; correct the source or the rule, or let the rule warn",
        code="data.set_rule_failed",
    )


def _drift(chain: Chain, before: Json) -> list[dict[str, Json]]:
    """What has changed in the source's schema since the last committed run, as a check that informs."""
    if not isinstance(before, dict):
        return []
    now = {field.name: field_type_name(field) for field in chain.scan.stream.schema}
    changes = [f"+ {name} {now[name]}" for name in now if name not in before]
    changes += [f"- {name} {before[name]}" for name in before if name not in now]
    changes += [f"~ {name} {before[name]} → {now[name]}" for name in now if before.get(name, now[name]) != now[name]]
    if not changes:
        return []
    drift = "the source's columns have changed since the last run"
    return [{"name": "drift", "kind": "drift", "passed": True, "message": drift, "changes": list[Json](changes)}]

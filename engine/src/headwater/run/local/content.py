"""`verify: checksum`: the content of what was sent against the content of what the destination staged, before it is
published.

The checksum is the sum of 44-bit hashes of all rows: it does not depend on their order, and one changed cell changes
it.
"""

from __future__ import annotations

from headwater.run.local.errors import load_failure
from headwater.run.local.flow import Flow
from headwater.run.local.open_load import OpenLoad
from headwater.run.local.segments import row_hash
from headwater.sdk.destination import Readback
from headwater.sdk.errors import DataError, Unsupported


def verify_content(flow: Flow) -> None:
    """Sets the failure of every load whose content differs."""
    for load in flow.loads:
        if load.plan.verify != "checksum" or load.failure is not None:
            continue
        try:
            _verify(flow, load)
        except Exception as error:
            load.failure = load_failure(error, destination=load.plan.destination, table=load.plan.table)


def _verify(flow: Flow, load: OpenLoad) -> None:
    if not isinstance(load.load, Readback):
        raise Unsupported(
            f"destination {load.plan.destination!r} cannot read back what it staged, which `verify: checksum` needs",
            hint="use `verify: count`",
        )
    cursor = flow.database.cursor()
    try:
        cursor.register("staged", load.load.readback(load.receipts))
        query = f"SELECT count(*), coalesce(sum({row_hash(flow.chain.schema)}::HUGEINT), 0) FROM staged"
        rows, content = cursor.execute(query).fetchone() or (0, 0)
    finally:
        cursor.close()
    agreed = rows == flow.notes.tally.passed and int(content) == flow.notes.content
    load.checks.append(
        {
            "name": "checksum",
            "passed": agreed,
            "sent": f"{flow.notes.content:x}",
            "staged": f"{int(content):x}",
            "rows": rows,
        }
    )
    if not agreed:
        raise DataError(
            f"table {load.plan.table!r}: what was staged is not what was sent "
            f"(checksums {int(content):x} and {flow.notes.content:x})",
            hint="a type of the table may not hold these values exactly; nothing was published",
            code="data.content_differs",
        )

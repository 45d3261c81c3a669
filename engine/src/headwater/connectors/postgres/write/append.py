"""append: all rows of the load come to those that are there."""

from __future__ import annotations

from headwater.connectors.postgres.write.job import Job, alter, insert_select, rename_into_place
from headwater.sdk.destination import Committed


def publish(job: Job) -> Committed:
    if job.target.table is None:
        rename_into_place(job)
        return Committed(written=job.rows, changed={"inserted": job.rows})
    alter(job)
    inserted = job.run(insert_select(job))
    return Committed(written=inserted, changed={"inserted": inserted})

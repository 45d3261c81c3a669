"""What the examples of the API speak of: one small shop, its pipeline and a night's run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Data = dict[str, Any]

MADE, CHANGED = "2026-11-02T08:15:00Z", "2026-11-20T09:30:00Z"
DUE, BEGAN, ENDED = "2026-11-28T01:00:00Z", "2026-11-28T01:00:00.412Z", "2026-11-28T01:00:09.180Z"
RUN = "01936a5e-2c00-7c3a-9d53-5f2f6c1f0a11"
AFTER = "WyJvcmRlcnMiXQ"


def named(identity: str, name: str) -> Data:
    return {"id": f"01934b1c-0000-7000-8000-{identity:0>12}", "name": name}


def page(*items: Data, following: str | None = None) -> Data:
    return {"items": list(items), "next": following}


def only(example: Data, names: Sequence[str]) -> Data:
    return {name: example[name] for name in names}


SHOP, WAREHOUSE = named("1", "shop"), named("2", "warehouse")
PROTECT, ORDERS, NIGHTLY = named("3", "protect"), named("4", "orders"), named("5", "nightly")
USER_ID, TOKEN_ID, FILE_ID = (named(number, "")["id"] for number in ("6", "7", "8"))

DOCUMENT: Data = {
    "description": "Orders of the shop, every night",
    "sources": [
        {"connector": "shop", "streams": [{"name": "public.orders", "mode": "incremental", "cursor": "updated_at"}]}
    ],
    "processors": ["protect"],
    "destinations": [{"connector": "warehouse", "write": "merge"}],
}
FAULT: Data = {
    "code": "postgres.statement_timeout",
    "message": "shop: reading public.orders took longer than 60 s",
    "hint": "raise `statement_timeout_s`",
}
ROWS: Data = {"read": 20_000, "filtered": 207, "rejected": 26, "deduplicated": 0, "written": 19_767}
SUMMARY: Data = {
    "id": RUN,
    "pipeline": ORDERS,
    "version": 3,
    "status": "succeeded",
    "trigger": "schedule",
    "attempt": 1,
    "requested_by": None,
    "schedule": NIGHTLY,
    "created_at": DUE,
    "started_at": BEGAN,
    "finished_at": ENDED,
    "took_s": 8.768,
    "rows": ROWS,
    "bytes": 811_054,
    "error": None,
    "retry_of": None,
}
RECENT: Data = {
    "run_id": RUN,
    "status": "succeeded",
    "started_at": BEGAN,
    "took_s": 8.768,
    "rows_written": 19_767,
    "rows_rejected": 26,
}
BRIEF: Data = {
    **ORDERS,
    "description": DOCUMENT["description"],
    "revision": 3,
    "version": 3,
    "created_at": MADE,
    "updated_at": CHANGED,
    "last_run": SUMMARY,
    "recent": [RECENT],
    "schedules": [{**NIGHTLY, "explanation": "every day at 02:00", "next_at": "2026-11-29T01:00:00Z", "enabled": True}],
}
VERSION: Data = {
    "number": 3,
    "name": "orders",
    "author": "Ada",
    "message": "phone numbers are masked",
    "created_at": CHANGED,
    "current": True,
}
CONNECTOR: Data = {
    **SHOP,
    "type": "postgres",
    "config": {"host": "db.local", "database": "shop", "user": "reader"},
    "secrets": ["password"],
    "description": "The shop's own database",
    "concurrency": 2,
    "revision": 1,
    "created_at": MADE,
    "updated_at": MADE,
    "used_by": [ORDERS],
    "last_check": {"ok": True, "at": CHANGED, "message": "PostgreSQL 18.1, 24 tables"},
}
PROCESSOR: Data = {
    **PROTECT,
    "type": "anonymize",
    "config": {"columns": {"phone": {"method": "mask", "keep_last": 4}}},
    "secrets": [],
    "description": "What must not reach the warehouse",
    "revision": 2,
    "created_at": MADE,
    "updated_at": CHANGED,
    "used_by": [ORDERS],
}
SCHEDULE_DOCUMENT: Data = {"pipeline": "orders", "cron": "0 2 * * *", "timezone": "Europe/Berlin"}
SCHEDULE: Data = {
    **NIGHTLY,
    "pipeline": ORDERS,
    "document": SCHEDULE_DOCUMENT,
    "explanation": "every day at 02:00",
    "timezone": "Europe/Berlin",
    "enabled": True,
    "next_at": "2026-11-29T01:00:00Z",
    "revision": 1,
    "created_at": MADE,
    "updated_at": MADE,
}
LINE: Data = {
    "id": 4711,
    "at": ENDED,
    "attempt": 1,
    "level": "info",
    "stream": "public.orders",
    "event": "LoadFinished",
    "message": "warehouse.orders succeeded, 19767 rows",
    "facts": {"written": 19_767},
}
USER: Data = {
    "id": USER_ID,
    "email": "ada@example.com",
    "name": "Ada",
    "role": "editor",
    "enabled": True,
    "has_password": True,
    "revision": 1,
    "created_at": MADE,
}
TOKEN: Data = {
    "id": TOKEN_ID,
    "name": "ci",
    "role": "operator",
    "hint": "hw_Zk3…",
    "created_at": MADE,
    "used_at": CHANGED,
    "expires_at": None,
}
COLUMNS = [{"name": "id", "type": "int64"}, {"name": "phone", "type": "string"}]
TABLE: Data = {"columns": COLUMNS, "rows": [[1, "555 0199"]]}
REJECTED: Data = {
    "columns": COLUMNS,
    "rows": [{"step": 0, "rules": ["range id"], "messages": ["id is -1, at least 0 is allowed"], "id": -1}],
}
STREAM: Data = {
    "name": "public.orders",
    "columns": [
        {"name": "id", "type": "int64", "nullable": False},
        {"name": "phone", "type": "string", "nullable": True},
    ],
    "primary_key": ["id"],
    "cursors": ["updated_at"],
    "row_estimate": 20_000,
}
QUARANTINED: Data = {
    "id": FILE_ID,
    "run_id": RUN,
    "pipeline": ORDERS,
    "stream": "public.orders",
    "rows": 26,
    "open_rows": 25,
    "size_bytes": 9_212,
    "rules": [{"step": 0, "step_name": "schema", "rule": "range id", "rows": 26}],
    "created_at": ENDED,
}
TYPE: Data = {"distribution": "headwater", "version": "0.1.0"}
POSTGRES: Data = {
    "type": "postgres",
    "title": "PostgreSQL",
    "description": "Tables of a PostgreSQL database, read and written with COPY",
    **TYPE,
    "category": "database",
    "source": True,
    "destination": True,
}
ANONYMIZE: Data = {
    "type": "anonymize",
    "title": "Anonymize",
    "description": "Hides what identifies a person",
    **TYPE,
    "category": "privacy",
}
SCHEMA: Data = {"type": "object", "properties": {"host": {"type": "string"}}, "required": ["host"]}
DUCKDB_SQL, SPARK_SQL = 'SELECT "id", hw_mask("phone", 4) AS "phone"', "SELECT `id`, mask(`phone`) AS `phone`"

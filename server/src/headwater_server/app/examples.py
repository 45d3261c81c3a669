"""An example of everything that the API takes or answers, by the name of its schema."""

from __future__ import annotations

from headwater_server.app.example_parts import (
    AFTER,
    ANONYMIZE,
    BEGAN,
    BRIEF,
    CHANGED,
    CONNECTOR,
    DOCUMENT,
    DUCKDB_SQL,
    DUE,
    ENDED,
    FAULT,
    LINE,
    MADE,
    NIGHTLY,
    ORDERS,
    POSTGRES,
    PROCESSOR,
    QUARANTINED,
    RECENT,
    REJECTED,
    ROWS,
    RUN,
    SCHEDULE,
    SCHEDULE_DOCUMENT,
    SCHEMA,
    SHOP,
    SPARK_SQL,
    STREAM,
    SUMMARY,
    TABLE,
    TOKEN,
    USER,
    VERSION,
    Data,
    only,
    page,
)

EXAMPLES: dict[str, Data] = {
    "Applied": {
        "dry_run": True,
        "changes": [{"kind": "connector", "name": "shop", "action": "create", "diff": "+ type: sqlite\n"}],
    },
    "BackfillIn": {"from": "2026-11-01T00:00:00Z", "to": "2026-11-08T00:00:00Z", "dry_run": True},
    "BackfillOut": {"ticks": ["2026-11-01T01:00:00Z", "2026-11-02T01:00:00Z"], "runs": []},
    "BulkOut": {"items": [{"id": RUN, "run_id": None, "error": None}]},
    "CheckIn": {"type": "postgres", "config": CONNECTOR["config"], "connector": SHOP["id"]},
    "CheckOut": {
        "ok": True,
        "took_s": 0.21,
        "sides": [{"side": "source", "ok": True, "message": "PostgreSQL 18.1, 24 tables", "error": None}],
    },
    "Checks": {
        "items": [
            {
                "stream": "public.orders",
                "destination": "warehouse",
                "table": "orders",
                "name": "range id",
                "passed": False,
                "kind": "range",
                "severity": "reject",
                "facts": {"rows": 26},
            }
        ]
    },
    "ConnectorOut": CONNECTOR,
    "ConnectorTypeDetail": {**POSTGRES, "config_schema": SCHEMA, "docs": "# postgres\n", "write_strategies": ["merge"]},
    "ConnectorTypes": {"items": [POSTGRES]},
    "DiffOut": {"text": "--- version 2\n+++ version 3\n@@ -4,0 +5 @@\n+- protect\n"},
    "DismissIn": {"rows": [0, 4], "note": "test orders"},
    "FirstError": {"id": 4709},
    "Health": {"status": "ok"},
    "LinkIn": {"token": "o1U7…"},
    "LogPage": {"items": [LINE], "more_before": True, "more_after": False},
    "NewTokenOut": {**TOKEN, "token": "hw_Zk3…"},
    "Overview": {
        "pipelines": [{**ORDERS, "recent": [RECENT]}],
        "running": [],
        "failed": [{**SUMMARY, "status": "failed", "error": FAULT}],
        "next": [{"schedule": NIGHTLY, "pipeline": ORDERS, "due_at": "2026-11-29T01:00:00Z"}],
        "days": [
            {
                "day": "2026-11-28",
                "runs": 24,
                "succeeded": 23,
                "failed": 1,
                "rows_read": 480_000,
                "rows_written": 474_408,
                "rows_rejected": 624,
                "bytes": 19_465_296,
            }
        ],
        "open_rejected_rows": 25,
        "workers": 2,
    },
    "PasswordIn": {"current": None, "new": "correct horse battery staple"},
    "PipelineOut": {**BRIEF, "document": DOCUMENT},
    "PlanOut": {
        "loads": [{"stream": "public.orders", "destination": "warehouse", "table": "orders", "write": "merge"}]
    },
    "PreviewAsked": {"stream": "public.orders", "after": 0, "limit": 50},
    "PreviewIn": {"document": DOCUMENT, "stream": "public.orders", "after": 0, "limit": 50},
    "PreviewOut": {"streams": [{"stream": "public.orders", "after": "protect", "table": TABLE, "rejected": REJECTED}]},
    "ProblemDetail": {
        "type": "urn:headwater:error:pipelines.not_found",
        "title": "Not Found",
        "status": 404,
        "detail": "there is no pipeline 'order'",
        "code": "pipelines.not_found",
        "hint": "did you mean orders?",
        "instance": "/api/pipelines/order",
    },
    "ProcessorOut": PROCESSOR,
    "ProcessorTypeDetail": {
        **ANONYMIZE,
        "config_schema": SCHEMA,
        "docs": "# anonymize\n",
        "example": PROCESSOR["config"],
    },
    "ProcessorTypes": {"items": [ANONYMIZE]},
    "QuarantineOut": QUARANTINED,
    "ReplayIn": {"rows": [0, 4]},
    "RowEdits": {"edits": [{"row": 4, "record": {"id": 4, "phone": "555 0199"}}]},
    "RowPage": {
        "columns": ["id", "phone"],
        "items": [
            {
                "row": 4,
                "step": 0,
                "step_name": "schema",
                "rules": [{"id": "range id", "column": "id"}],
                "messages": ["id is -1, at least 0 is allowed"],
                "record": {"id": -1, "phone": "555 0199"},
                "edited": None,
                "source": {"text": None, "file": None, "line": None},
                "status": "open",
                "note": None,
                "rejected_at": ENDED,
            }
        ],
        "next": None,
    },
    "RunDetail": {
        **SUMMARY,
        "parameters": {},
        "document": DOCUMENT,
        "report": {"run_id": RUN, "status": "succeeded", "loads": []},
        "progress": {
            "public.orders": {
                **only(ROWS, ("read", "filtered", "rejected", "deduplicated")),
                "passed": 19_767,
                "row_estimate": 20_000,
                "rows_per_s": 9_120.0,
            }
        },
        "attempts": [
            {
                "attempt": 1,
                "worker": "worker-1:17",
                "started_at": BEGAN,
                "finished_at": ENDED,
                "status": "succeeded",
                "error": None,
                "cpu_s": 3.4,
                "peak_memory_bytes": 181_403_648,
            }
        ],
        "retry_at": None,
        "queue_position": None,
    },
    "RunIds": {"ids": [RUN]},
    "RunIn": {"streams": ["public.orders"], "full_refresh": False, "priority": 0, "if_running": "queue"},
    "ScheduleIn": {"name": "nightly", "document": SCHEDULE_DOCUMENT},
    "ScheduleOut": SCHEDULE,
    "SchedulePreview": {"explanation": "every day at 02:00", "next": ["2026-11-29T01:00:00Z"]},
    "SchedulePreviewIn": {"document": SCHEDULE_DOCUMENT},
    "SecretIn": {"value": "correct horse battery staple"},
    "SecretOut": {"name": "pii_key", "created_at": MADE, "updated_at": CHANGED},
    "SessionOut": {"user": USER, "via": "session", "version": "0.1.0"},
    "SignInIn": {"email": "ada@example.com", "password": "correct horse battery staple"},
    "SignInLinkOut": {"url": "https://headwater.example.com/sign-in?token=o1U7…", "expires_at": ENDED},
    "StateIn": {"stream": "public.orders", "checkpoint": None},
    "StateOut": {
        "streams": [
            {
                "stream": "public.orders",
                "destination": "warehouse",
                "table": "orders",
                "checkpoint": {"mode": "incremental", "cursor": {"column": "updated_at", "value": CHANGED}},
                "load_id": RUN,
                "committed_at": ENDED,
            }
        ]
    },
    "StreamPage": {"items": [STREAM], "next": None, "total": 1, "refreshed_at": CHANGED},
    "StreamProfile": {
        "rows": 20_000,
        "columns": [
            {
                "name": "id",
                "type": "int64",
                "nulls": 0,
                "distinct": 20_000,
                "min": 1,
                "max": 20_000,
                "mean": 10_000.5,
                "top": [{"value": 1, "count": 1}],
                "histogram": [{"from": 1, "to": 10_000, "count": 10_000}],
            }
        ],
    },
    "Table": TABLE,
    "Timeline": {
        "items": [
            {
                "stream": "public.orders",
                "step": "read",
                "destination": None,
                "attempt": 1,
                "started_at": BEGAN,
                "finished_at": ENDED,
                "status": "succeeded",
            }
        ]
    },
    "TokenIn": {"name": "ci", "role": "operator", "expires_in_days": 90},
    "TryOut": {
        "before": TABLE,
        "after": {**TABLE, "rows": [[1, "••• 0199"]]},
        "rejected": {"columns": [], "rows": []},
        "changed": [[0, 1]],
        "sql": {"duckdb": DUCKDB_SQL, "spark": SPARK_SQL},
    },
    "UserChange": {"email": "ada@example.com", "name": "Ada", "role": "admin", "enabled": True},
    "UserIn": {"email": "ada@example.com", "name": "Ada", "role": "editor"},
    "UserOut": USER,
    "Validity": {
        "valid": False,
        "problems": [
            {
                "path": "destinations[0].connector",
                "code": "config.unknown_connector",
                "message": "there is no connector 'warehous'",
                "hint": "did you mean warehouse?",
            }
        ],
    },
    "VersionOut": {**VERSION, "document": DOCUMENT},
    "Page_ConnectorOut_": page(CONNECTOR),
    "Page_PipelineBrief_": page(BRIEF, following=AFTER),
    "Page_ProcessorOut_": page(PROCESSOR),
    "Page_QuarantineOut_": page(QUARANTINED),
    "Page_RunSummary_": page(SUMMARY, following=AFTER),
    "Page_ScheduleOut_": page(SCHEDULE),
    "Page_SecretOut_": page({"name": "pii_key", "created_at": MADE, "updated_at": CHANGED}),
    "Page_TickOut_": page(
        {"due_at": DUE, "state": "fired", "reason": None, "run_id": RUN, "late_s": 0.04},
        {"due_at": CHANGED, "state": "skipped", "reason": "the run before was at work", "run_id": None, "late_s": None},
    ),
    "Page_TokenOut_": page(TOKEN),
    "Page_UserOut_": page(USER),
    "Page_VersionBrief_": page(VERSION),
}

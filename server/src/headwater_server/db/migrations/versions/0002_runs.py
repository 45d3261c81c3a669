"""Workers and calls, runs and what they tell, schedules, quarantine."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
MOMENT = sa.DateTime(timezone=True)
# Children before parents.
TABLES = (
    "quarantine_rows",
    "quarantine_chunks",
    "quarantine_files",
    "schedule_ticks",
    "schedule_after",
    "schedules",
    "run_progress",
    "run_events",
    "run_attempts",
    "runs",
    "calls",
    "workers",
)


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    _workers()
    _runs()
    _told()
    _schedules()
    _quarantine()


def downgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    for table in TABLES:
        op.drop_table(table)
    op.drop_column("connectors", "concurrency")


def _workers() -> None:
    op.create_table(
        "calls",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("request", postgresql.JSONB, nullable=False),
        sa.Column("status", sa.Text, server_default="queued", nullable=False),
        sa.Column("timeout_s", sa.Double, nullable=False),
        sa.Column("worker_id", sa.Uuid),
        sa.Column("response", postgresql.JSONB),
        sa.Column("error", postgresql.JSONB),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("finished_at", MOMENT),
        sa.CheckConstraint("status in ('queued', 'running', 'done', 'failed')", name=op.f("ck_calls_known_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
    )
    op.create_index("ix_calls_created_at", "calls", ["created_at"])
    op.create_index("ix_calls_waiting", "calls", ["created_at"], postgresql_where=sa.text("status = 'queued'"))
    op.create_table(
        "workers",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("concurrency", sa.Integer, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("started_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("heartbeat_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("stopping", sa.Boolean, server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    op.create_index("ix_workers_heartbeat_at", "workers", ["heartbeat_at"])
    op.add_column("connectors", sa.Column("concurrency", sa.Integer))


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("pipeline_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, server_default="queued", nullable=False),
        sa.Column("trigger", sa.Text, nullable=False),
        sa.Column("priority", sa.Integer, server_default=sa.text("0"), nullable=False),
        sa.Column("parameters", postgresql.JSONB, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("connectors", postgresql.ARRAY(sa.Uuid), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("requested_by", sa.Text),
        sa.Column("schedule_id", sa.Uuid),
        sa.Column("due_at", MOMENT),
        sa.Column("retry_of", sa.Uuid),
        sa.Column("attempt", sa.Integer, server_default=sa.text("0"), nullable=False),
        sa.Column("tries", sa.Integer, server_default=sa.text("0"), nullable=False),
        sa.Column("not_before", MOMENT, server_default=NOW, nullable=False),
        sa.Column("worker_id", sa.Uuid),
        sa.Column("engine_run_id", sa.Text, nullable=False),
        sa.Column("resumed", sa.Integer, server_default=sa.text("0"), nullable=False),
        sa.Column("unsettled", sa.Boolean, server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("started_at", MOMENT),
        sa.Column("finished_at", MOMENT),
        sa.Column("cancelled_by", sa.Text),
        sa.Column("rows_read", sa.BigInteger, server_default=sa.text("0"), nullable=False),
        sa.Column("rows_filtered", sa.BigInteger, server_default=sa.text("0"), nullable=False),
        sa.Column("rows_rejected", sa.BigInteger, server_default=sa.text("0"), nullable=False),
        sa.Column("rows_deduplicated", sa.BigInteger, server_default=sa.text("0"), nullable=False),
        sa.Column("rows_written", sa.BigInteger, server_default=sa.text("0"), nullable=False),
        sa.Column("size_bytes", sa.BigInteger),
        sa.Column("error", postgresql.JSONB),
        sa.Column("report", postgresql.JSONB),
        sa.CheckConstraint(
            "status in ('queued', 'running', 'retrying', 'cancelling', 'succeeded', 'failed', 'cancelled')",
            name=op.f("ck_runs_known_status"),
        ),
        sa.CheckConstraint(
            "\"trigger\" in ('manual', 'api', 'schedule', 'after', 'retry', 'replay', 'backfill')",
            name=op.f("ck_runs_known_trigger"),
        ),
        sa.ForeignKeyConstraint(
            ["pipeline_id"], ["pipelines.id"], name=op.f("fk_runs_pipeline_id_pipelines"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index("ix_runs_finished_at", "runs", ["finished_at"])
    op.create_index(
        "ix_runs_last_success", "runs", ["pipeline_id", "finished_at"], postgresql_where=sa.text("status = 'succeeded'")
    )
    op.create_index("ix_runs_pipeline_id_id", "runs", ["pipeline_id", "id"])
    op.create_index(
        "ix_runs_schedule_id_id", "runs", ["schedule_id", "id"], postgresql_where=sa.text("schedule_id is not null")
    )
    op.create_index("ix_runs_status_id", "runs", ["status", "id"])
    op.create_index("ix_runs_unsettled", "runs", ["pipeline_id"], postgresql_where=sa.text("unsettled"))
    op.create_index(
        "ix_runs_waiting",
        "runs",
        [sa.text("priority desc"), "id"],
        postgresql_where=sa.text("status in ('queued', 'retrying')"),
    )
    op.create_index(
        "uq_runs_pipeline_at_work",
        "runs",
        ["pipeline_id"],
        unique=True,
        postgresql_where=sa.text("status in ('running', 'retrying', 'cancelling')"),
    )


def _told() -> None:
    op.create_table(
        "run_attempts",
        sa.Column("run_id", sa.Uuid, nullable=False),
        sa.Column("attempt", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("worker", sa.Text, nullable=False),
        sa.Column("started_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("engine_at", MOMENT),
        sa.Column("finished_at", MOMENT),
        sa.Column("status", sa.Text, server_default="running", nullable=False),
        sa.Column("error", postgresql.JSONB),
        sa.Column("cpu_s", sa.Double),
        sa.Column("peak_memory_bytes", sa.BigInteger),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_attempts_run_id_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "attempt", name=op.f("pk_run_attempts")),
    )
    op.create_table(
        "run_events",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("run_id", sa.Uuid),
        sa.Column("attempt", sa.Integer, server_default=sa.text("0"), nullable=False),
        sa.Column("at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("stream", sa.Text),
        sa.Column("event", sa.Text),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("facts", postgresql.JSONB),
        sa.CheckConstraint("kind in ('log', 'event', 'status', 'tick')", name=op.f("ck_run_events_known_kind")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_events_run_id_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_events")),
    )
    op.create_index("ix_run_events_errors", "run_events", ["run_id", "id"], postgresql_where=sa.text("level = 'error'"))
    op.create_index("ix_run_events_run_id_id", "run_events", ["run_id", "id"])
    op.create_index(
        "ix_run_events_status", "run_events", ["id"], postgresql_where=sa.text("kind in ('status', 'tick')")
    )
    op.create_table(
        "run_progress",
        sa.Column("run_id", sa.Uuid, nullable=False),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("read", sa.BigInteger, nullable=False),
        sa.Column("filtered", sa.BigInteger, nullable=False),
        sa.Column("rejected", sa.BigInteger, nullable=False),
        sa.Column("deduplicated", sa.BigInteger, nullable=False),
        sa.Column("passed", sa.BigInteger, nullable=False),
        sa.Column("row_estimate", sa.BigInteger),
        sa.Column("rows_per_s", sa.Double),
        sa.Column("at", MOMENT, server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_progress_run_id_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "stream", name=op.f("pk_run_progress")),
    )


def _schedules() -> None:
    op.create_table(
        "schedules",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("pipeline_id", sa.Uuid, nullable=False),
        sa.Column("document", postgresql.JSONB, nullable=False),
        sa.Column("enabled", sa.Boolean, server_default=sa.text("true"), nullable=False),
        sa.Column("next_due_at", MOMENT),
        sa.Column("next_at", MOMENT),
        sa.Column("seen_until", MOMENT),
        sa.Column("revision", sa.Integer, server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("updated_at", MOMENT, server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["pipeline_id"], ["pipelines.id"], name=op.f("fk_schedules_pipeline_id_pipelines"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedules")),
        sa.UniqueConstraint("name", name=op.f("uq_schedules_name")),
    )
    op.create_index(
        "ix_schedules_next_at", "schedules", ["next_at"], postgresql_where=sa.text("enabled and next_at is not null")
    )
    op.create_index("ix_schedules_pipeline_id", "schedules", ["pipeline_id"])
    op.create_table(
        "schedule_after",
        sa.Column("schedule_id", sa.Uuid, nullable=False),
        sa.Column("pipeline_id", sa.Uuid, nullable=False),
        sa.ForeignKeyConstraint(
            ["pipeline_id"], ["pipelines.id"], name=op.f("fk_schedule_after_pipeline_id_pipelines"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["schedules.id"], name=op.f("fk_schedule_after_schedule_id_schedules"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("schedule_id", "pipeline_id", name=op.f("pk_schedule_after")),
    )
    op.create_index("ix_schedule_after_pipeline_id", "schedule_after", ["pipeline_id"])
    op.create_table(
        "schedule_ticks",
        sa.Column("schedule_id", sa.Uuid, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("run_id", sa.Uuid),
        sa.Column("late_s", sa.Double),
        sa.Column("facts", postgresql.JSONB),
        sa.Column("decided_at", MOMENT, server_default=NOW, nullable=False),
        sa.CheckConstraint(
            "state in ('fired', 'skipped', 'missed', 'waiting')", name=op.f("ck_schedule_ticks_known_state")
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["schedules.id"], name=op.f("fk_schedule_ticks_schedule_id_schedules"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("schedule_id", "due_at", name=op.f("pk_schedule_ticks")),
    )
    op.create_index("ix_schedule_ticks_decided_at", "schedule_ticks", ["decided_at"])
    op.create_index(
        "ix_schedule_ticks_waiting", "schedule_ticks", ["schedule_id"], postgresql_where=sa.text("state = 'waiting'")
    )


def _quarantine() -> None:
    op.create_table(
        "quarantine_files",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("run_id", sa.Uuid),
        sa.Column("pipeline_id", sa.Uuid, nullable=False),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("engine_run_id", sa.Text, nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("open_rows", sa.BigInteger, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("rules", postgresql.JSONB, nullable=False),
        sa.Column("kept_at", sa.Text),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["pipeline_id"],
            ["pipelines.id"],
            name=op.f("fk_quarantine_files_pipeline_id_pipelines"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["runs.id"], name=op.f("fk_quarantine_files_run_id_runs"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine_files")),
    )
    op.create_index("ix_quarantine_files_pipeline_id_id", "quarantine_files", ["pipeline_id", "id"])
    op.create_index("ix_quarantine_files_run_id", "quarantine_files", ["run_id"])
    op.create_index(
        "uq_quarantine_files_file_name", "quarantine_files", ["pipeline_id", "stream", "file_name"], unique=True
    )
    op.create_table(
        "quarantine_chunks",
        sa.Column("file_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["quarantine_files.id"],
            name=op.f("fk_quarantine_chunks_file_id_quarantine_files"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("file_id", "number", name=op.f("pk_quarantine_chunks")),
    )
    op.create_table(
        "quarantine_rows",
        sa.Column("file_id", sa.Uuid, nullable=False),
        sa.Column("row", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text, server_default=sa.text("'open'"), nullable=False),
        sa.Column("edited", postgresql.JSONB),
        sa.Column("note", sa.Text),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("run_id", sa.Uuid),
        sa.Column("at", MOMENT, server_default=NOW, nullable=False),
        sa.CheckConstraint("status in ('open', 'replayed', 'dismissed')", name=op.f("ck_quarantine_rows_known_status")),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["quarantine_files.id"],
            name=op.f("fk_quarantine_rows_file_id_quarantine_files"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("file_id", "row", name=op.f("pk_quarantine_rows")),
    )

"""Answers of workers, and edited rows, keep the order of columns: JSON in place of JSONB.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

COLUMNS = (("calls", "response"), ("quarantine_rows", "edited"))


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    for table, column in COLUMNS:
        op.execute(f"alter table {table} alter column {column} type json using {column}::json")


def downgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    for table, column in COLUMNS:
        op.execute(f"alter table {table} alter column {column} type jsonb using {column}::jsonb")

"""How often a run lost its worker is counted apart from its tries.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    op.add_column("runs", sa.Column("worker_losses", sa.Integer, server_default=sa.text("0"), nullable=False))


def downgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    op.drop_column("runs", "worker_losses")

"""Users, secrets, connectors, processors, pipelines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NOW = sa.text("now()")
MOMENT = sa.DateTime(timezone=True)
ROLES = "role in ('admin', 'editor', 'operator', 'viewer')"
# Children before parents.
TABLES = (
    "pipeline_versions",
    "processor_uses",
    "connector_uses",
    "pipelines",
    "processors",
    "connector_streams",
    "connectors",
    "secrets",
    "api_tokens",
    "sign_in_failures",
    "sign_in_links",
    "sign_ins",
    "users",
    "idempotency_keys",
    "instance",
)


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    _bookkeeping()
    _users()
    _steps("connectors", _connector_columns())
    _steps("processors", ())
    _pipelines()


def downgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    for table in TABLES:
        op.drop_table(table)


def _created() -> sa.Column[object]:
    return sa.Column("created_at", MOMENT, server_default=NOW, nullable=False)


def _updated() -> sa.Column[object]:
    return sa.Column("updated_at", MOMENT, server_default=NOW, nullable=False)


def _bookkeeping() -> None:
    op.create_table(
        "instance",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key_check", sa.Text, nullable=False),
        _created(),
        sa.CheckConstraint("id = 1", name=op.f("ck_instance_one_row")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("request_hash", sa.LargeBinary, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("headers", postgresql.JSONB),
        sa.Column("body", sa.LargeBinary),
        _created(),
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"])
    op.create_table(
        "secrets",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("sealed", sa.Text, nullable=False),
        _created(),
        _updated(),
    )


def _users() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text),
        sa.Column("enabled", sa.Boolean, server_default=sa.text("true"), nullable=False),
        sa.Column("revision", sa.Integer, server_default=sa.text("1"), nullable=False),
        _created(),
        _updated(),
        sa.CheckConstraint(ROLES, name=op.f("ck_users_known_role")),
    )
    op.create_index("uq_users_email", "users", [sa.text("lower(email)")], unique=True)
    for table in ("sign_ins", "sign_in_links"):
        used = [sa.Column("used_at", MOMENT, server_default=NOW, nullable=False)] if table == "sign_ins" else []
        op.create_table(
            table,
            sa.Column("token_hash", sa.LargeBinary, primary_key=True),
            _user_id(table),
            _created(),
            *used,
            sa.Column("expires_at", MOMENT, nullable=False),
        )
        op.create_index(f"ix_{table}_user_id", table, ["user_id"])
        op.create_index(f"ix_{table}_expires_at", table, ["expires_at"])
    op.create_table(
        "sign_in_failures",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("subject", sa.LargeBinary, nullable=False),
        sa.Column("at", MOMENT, server_default=NOW, nullable=False),
    )
    op.create_index("ix_sign_in_failures_subject_at", "sign_in_failures", ["subject", "at"])
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Uuid, primary_key=True),
        _user_id("api_tokens"),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("hint", sa.Text, nullable=False),
        _created(),
        sa.Column("used_at", MOMENT),
        sa.Column("expires_at", MOMENT),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
        sa.CheckConstraint(ROLES, name=op.f("ck_api_tokens_known_role")),
    )
    op.create_index("ix_api_tokens_user_id", "api_tokens", ["user_id"])


def _user_id(table: str) -> sa.Column[object]:
    name = op.f(f"fk_{table}_user_id_users")
    return sa.Column("user_id", sa.Uuid, sa.ForeignKey("users.id", name=name, ondelete="CASCADE"), nullable=False)


def _connector_columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("checked_at", MOMENT),
        sa.Column("check_ok", sa.Boolean),
        sa.Column("check_message", sa.Text),
        sa.Column("streams_at", MOMENT),
        sa.Column("streams_revision", sa.Integer),
    )


def _steps(table: str, more: tuple[sa.Column[object], ...]) -> None:
    """Connectors and processors have most columns in common."""
    op.create_table(
        table,
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("config", sa.JSON, nullable=False),
        sa.Column("sealed", postgresql.JSONB, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("description", sa.Text),
        sa.Column("revision", sa.Integer, server_default=sa.text("1"), nullable=False),
        _created(),
        _updated(),
        *more,
        sa.UniqueConstraint("name", name=op.f(f"uq_{table}_name")),
    )
    op.create_index(f"ix_{table}_type", table, ["type"])


def _pipelines() -> None:
    op.create_table(
        "connector_streams",
        _owner("connector_streams", "connector", "CASCADE"),
        sa.Column("name", sa.Text(collation="C"), primary_key=True),
        sa.Column("document", sa.JSON, nullable=False),
    )
    op.create_table(
        "pipelines",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("description", sa.Text),
        sa.Column("document", sa.JSON, nullable=False),
        sa.Column("revision", sa.Integer, server_default=sa.text("1"), nullable=False),
        sa.Column("version", sa.Integer, server_default=sa.text("1"), nullable=False),
        _created(),
        _updated(),
        sa.UniqueConstraint("name", name=op.f("uq_pipelines_name")),
    )
    op.create_table(
        "pipeline_versions",
        _owner("pipeline_versions", "pipeline", "CASCADE"),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("document", sa.JSON, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("message", sa.Text),
        _created(),
    )
    for noun in ("connector", "processor"):
        table = f"{noun}_uses"
        op.create_table(table, _owner(table, noun, "RESTRICT"), _owner(table, "pipeline", "CASCADE"))
        op.create_index(f"ix_{table}_pipeline_id", table, ["pipeline_id"])


def _owner(table: str, noun: str, on_delete: str) -> sa.Column[object]:
    name = op.f(f"fk_{table}_{noun}_id_{noun}s")
    return sa.Column(
        f"{noun}_id", sa.Uuid, sa.ForeignKey(f"{noun}s.id", name=name, ondelete=on_delete), primary_key=True
    )

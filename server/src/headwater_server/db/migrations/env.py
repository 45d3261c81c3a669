"""Alembic's entry: migrations run on the connection that `db.migrate` hands in."""

from __future__ import annotations

from alembic import context


def run() -> None:
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=context.config.attributes.get("metadata"),
        compare_server_default=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()

"""Alembic's environment and the versions of the schema; `db.migrate` runs them."""

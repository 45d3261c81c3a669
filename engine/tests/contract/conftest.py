"""Suites of connectors to real systems start them by the same fixtures as the tests in `real`."""

from real.conftest import postgres, postgres_owner, postgres_server

__all__ = ["postgres", "postgres_owner", "postgres_server"]

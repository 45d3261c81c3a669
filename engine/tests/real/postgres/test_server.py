"""The fixture itself: a fresh database, an owner without special rights."""

from __future__ import annotations

import pytest
from real.conftest import PostgresDatabase


@pytest.mark.parametrize("turn", [1, 2, 3, 4])
def test_every_test_gets_an_empty_database_of_its_own(postgres: PostgresDatabase, turn: int):
    postgres.execute("CREATE TABLE t (turn int)")
    postgres.execute("INSERT INTO t VALUES (%s)", [turn])
    assert postgres.execute("SELECT turn FROM t") == [(turn,)]


def test_the_owner_is_not_a_superuser(postgres: PostgresDatabase):
    assert postgres.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == [(False,)]

"""Connections that do not come about: whose fault it is, and that no password shows."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from pydantic import ValidationError
from real.conftest import PostgresDatabase
from real.postgres.conftest import config_of

from headwater.connectors.postgres.config import PostgresConfig
from headwater.connectors.postgres.destination import PostgresDestination
from headwater.connectors.postgres.source import PostgresSource
from headwater.sdk.errors import ConfigError, HeadwaterError, TransientError

WRONG: list[tuple[dict[str, Any], type[HeadwaterError], str, str]] = [
    ({"password": "hunter2"}, ConfigError, "postgres.auth_failed", "user 'loader'"),
    ({"user": "nobody", "password": "hunter2"}, ConfigError, "postgres.auth_failed", "user 'nobody'"),
    ({"database": "no_such"}, ConfigError, "postgres.unknown_database", "no_such"),
    ({"port": 1}, TransientError, "postgres.unreachable", "127.0.0.1:1/"),
    ({"sslmode": "require"}, ConfigError, "postgres.tls", "SSL"),
]


@pytest.mark.parametrize("make", [PostgresSource, PostgresDestination])
@pytest.mark.parametrize(("settings", "kind", "code", "names"), WRONG, ids=lambda value: str(value)[:30])
def test_a_failed_connection_says_whose_turn_it_is(
    postgres: PostgresDatabase,
    make: Callable[[PostgresConfig], PostgresSource | PostgresDestination],
    settings: dict[str, Any],
    kind: type[HeadwaterError],
    code: str,
    names: str,
) -> None:
    with pytest.raises(kind) as caught:
        make(config_of(postgres, **settings)).check()
    assert caught.value.public_code == code
    assert names in caught.value.message
    assert "hunter2" not in f"{caught.value!r}{caught.value.hint}{caught.value.facts}{caught.value.__cause__!r}"


def test_a_server_that_never_answers_is_given_up(postgres: PostgresDatabase) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        started = time.monotonic()
        with pytest.raises(TransientError, match="cannot connect"):
            PostgresSource(config_of(postgres, port=silent.getsockname()[1], connect_timeout_s=2)).check()
    assert time.monotonic() - started < 5


def test_a_broken_dsn_is_refused_without_repeating_it() -> None:
    with pytest.raises(ConfigError) as caught:
        PostgresSource(PostgresConfig.model_validate({"dsn": "postgresql://u:hunter2@[host/db"}))
    assert caught.value.public_code == "postgres.invalid_dsn"
    assert "hunter2" not in f"{caught.value!r}{caught.value.__cause__!r}"


def test_single_settings_win_over_the_dsn(postgres: PostgresDatabase) -> None:
    config = {"dsn": postgres.dsn.replace(postgres.password, "wrong"), "password": postgres.password}
    PostgresDestination(PostgresConfig.model_validate(config)).check()


def test_a_config_without_a_database_is_refused() -> None:
    with pytest.raises(ValidationError, match="give host and database, or dsn"):
        PostgresConfig.model_validate({"host": "h"})


def test_a_destination_without_the_right_to_create_says_so(postgres: PostgresDatabase) -> None:
    with psycopg.connect(postgres.admin_dsn, autocommit=True) as admin:
        admin.execute("CREATE SCHEMA closed")
        admin.execute("GRANT USAGE ON SCHEMA closed TO loader")
    with pytest.raises(ConfigError) as caught:
        PostgresDestination(config_of(postgres, schema="closed")).check()
    assert caught.value.public_code == "postgres.no_rights"
    assert "closed" in caught.value.message

"""postgres as a destination: every load is staged beside its table and published in one transaction.

The rights it needs are those of an owner of its tables: CREATE on the schema, nothing of a superuser.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import ClassVar

import psycopg

from headwater.connectors.postgres import meta
from headwater.connectors.postgres.catalog import META_TABLE, find_table
from headwater.connectors.postgres.config import PostgresConfig
from headwater.connectors.postgres.connect import Connection, Connections, server_of
from headwater.connectors.postgres.errors import Place, statement_error
from headwater.connectors.postgres.load import PostgresLoad
from headwater.connectors.postgres.quoting import IDENTIFIER_BYTES, name
from headwater.connectors.postgres.stage import create_stage, lock_key, plan_stage, stage_prefix, sweep
from headwater.connectors.postgres.swap import copy_options, is_simple
from headwater.connectors.postgres.target import Target, settle_target, split_name
from headwater.connectors.postgres.target_types import target_type
from headwater.sdk.config import PluginConfig
from headwater.sdk.destination import Capabilities, Checkpoint, LoadRequest, Write
from headwater.sdk.errors import Busy, ConfigError
from headwater.sdk.stream import Json

# A killed load's server process may need a moment to notice; a live load is refused after it.
_LOCK_WAIT_S = 2
_NO_KEY_TYPES = frozenset(("json", "xml"))


class PostgresDestination:
    """Destination with all four strategies; two COPY streams fill one table at once."""

    config_type: ClassVar[type[PluginConfig]] = PostgresConfig

    def __init__(self, config: PostgresConfig) -> None:
        self._config = config
        self._server = server_of(config)
        self._schema = config.db_schema or "public"
        self._loads: list[PostgresLoad] = []

    def check(self) -> None:
        place = Place(self._server.name, f"schema {self._schema}")
        with self._connected(place) as connection, connection.transaction(force_rollback=True):
            _ensure_schema(connection, self._schema, place)
            probe = f"{name(self._schema)}.{name(stage_prefix(self._schema, '') + 'check')}"
            connection.execute(f"CREATE TABLE {probe} (probe int4)".encode())

    def capabilities(self) -> Capabilities:
        return Capabilities(
            writes=frozenset(Write),
            parallel_writers=2,
            identifier_bytes=IDENTIFIER_BYTES,
        )

    def open(self, request: LoadRequest) -> PostgresLoad:
        schema, table = split_name(request.table, self._schema)
        place = Place(self._server.name, f"table {schema}.{table}")
        key = meta.LoadKey(request.pipeline, request.stream, table, request.table)
        writers = Connections(self._server)
        control = self._server.connect()
        try:
            control.execute(f"SET statement_timeout = '{self._config.statement_timeout_s}s'".encode())
            _lock(control, schema, table, place)
            with control.transaction():
                _ensure_schema(control, schema, place)
                meta.create(control, schema)
            row = meta.read(control, schema, key)
            sweep(control, schema, table)
            target = settle_target(schema, table, find_table(control, schema, table), request)
            _check_key(target, request, place)
            with control.transaction():
                swappable = target.table is not None and is_simple(control, target.table)
                stage = plan_stage(target, request, swappable=swappable)
                create_stage(control, stage, target, request)
                if stage.like_target and target.table is not None:
                    copy_options(control, target.table, stage.qualified)
        except psycopg.Error as error:
            control.close()
            raise statement_error(error, place) from error
        except BaseException:
            control.close()
            raise
        load = PostgresLoad(
            request,
            target=target,
            stage=stage,
            key=key,
            row=row,
            control=control,
            writers=writers,
            lock_timeout_s=self._config.lock_timeout_s,
        )
        self._loads.append(load)
        return load

    def checkpoints(self, pipeline: str) -> tuple[Checkpoint, ...]:
        with self._connected(Place(self._server.name, META_TABLE)) as connection:
            return tuple(meta.checkpoints(connection, pipeline))

    def set_checkpoint(self, pipeline: str, stream: str, table: str, value: Mapping[str, Json] | None) -> None:
        schema, bare = split_name(table, self._schema)
        place = Place(self._server.name, f"table {schema}.{META_TABLE}")
        with self._connected(place) as connection, connection.transaction():
            _ensure_schema(connection, schema, place)
            meta.create(connection, schema)
            meta.overwrite(connection, schema, meta.LoadKey(pipeline, stream, bare, table), value)

    def close(self) -> None:
        """Loads that were neither committed nor aborted are aborted."""
        loads, self._loads = self._loads, []
        for load in loads:
            load.abort()

    @contextmanager
    def _connected(self, place: Place) -> Iterator[Connection]:
        connection = self._server.connect()
        try:
            yield connection
        except psycopg.Error as error:
            raise statement_error(error, place) from error
        finally:
            connection.close()


def _lock(control: Connection, schema: str, table: str, place: Place) -> None:
    """Take the target for this load. Raises Busy when another load has it."""
    control.execute(f"SET lock_timeout = '{_LOCK_WAIT_S}s'".encode())
    try:
        control.execute("SELECT pg_advisory_lock(%s)", [lock_key(schema, table)])
    except psycopg.errors.LockNotAvailable as error:
        raise Busy(
            f"{place}: another load of this table is running",
            hint="wait for it to end, or end it; a load that was killed frees the table by itself",
        ) from error


def _ensure_schema(connection: Connection, schema: str, place: Place) -> None:
    """Make the schema if it is not there and the user may."""
    found = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema]).fetchone()
    if found is not None:
        return
    try:
        with connection.transaction():
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {name(schema)}".encode())
    except psycopg.errors.InsufficientPrivilege as error:
        raise ConfigError(
            f"{place}: there is no schema {schema!r}, and the user may not create it",
            hint=f"CREATE SCHEMA {name(schema)} AUTHORIZATION …, or GRANT CREATE ON DATABASE",
            code="postgres.unknown_schema",
        ) from error


def _check_key(target: Target, request: LoadRequest, place: Place) -> None:
    for field in target.written:
        if field.name in request.key and request.write in {Write.MERGE, Write.SCD2}:
            kind = target_type(field)
            if kind in _NO_KEY_TYPES:
                raise ConfigError(
                    f"{place}: the key column {field.name!r} is of type {kind}, whose values cannot be compared",
                    hint="choose another key, or declare the column as string",
                    code="postgres.invalid_key",
                )

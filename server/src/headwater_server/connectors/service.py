"""Connectors: kept with their secrets sealed, and asked through a worker what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from headwater.sdk.errors import nearest_hint
from headwater_server.calls.service import call
from headwater_server.catalog.configs import Stored, accept, sealed_names, written
from headwater_server.catalog.service import Catalog
from headwater_server.catalog.step_schemas import Named, Table
from headwater_server.connectors import repository
from headwater_server.connectors.models import Connector
from headwater_server.connectors.schemas import (
    CheckIn,
    CheckOut,
    ConnectorIn,
    ConnectorOut,
    LastCheck,
    StreamOut,
    StreamProfile,
)
from headwater_server.db.session import Database
from headwater_server.kit import etags
from headwater_server.kit.encryption import Sealer
from headwater_server.kit.problems import Conflict, NotFound

_CHECK_S, _DISCOVER_S, _LOOK_S = 60.0, 180.0, 60.0
_STREAMS_PER_CALL = 20_000


@dataclass(frozen=True, slots=True)
class Kept:
    """What keeping connectors takes."""

    catalog: Catalog
    sealer: Sealer


async def found(session: AsyncSession, ref: str, *, lock: bool = False) -> Connector:
    """By name or id. Raises NotFound with the nearest name."""
    connector = await repository.by_ref(session, ref, lock=lock)
    if connector is None:
        known = sorted(await repository.types_by_name(session))
        raise NotFound(f"there is no connector {ref!r}", hint=nearest_hint(ref, known), code="connectors.not_found")
    return connector


def stored(connector: Connector) -> Stored:
    return Stored(connector.name, connector.type, connector.config, cast("dict[str, str]", connector.sealed))


def document(connector: Connector) -> dict[str, Any]:
    """The connector as it stands in a project file: secrets are references."""
    optional = {"description": connector.description, "concurrency": connector.concurrency}
    given = {key: value for key, value in optional.items() if value is not None}
    return {"type": connector.type, **given, "config": written("connector", stored(connector))}


async def create(session: AsyncSession, kept: Kept, given: ConnectorIn) -> Connector:
    """Raises Invalid, and Conflict when the name is taken."""
    made = accept(kept.catalog, kept.sealer, "connector", Stored(given.name, given.type, given.config))
    connector = Connector(
        name=made.name,
        type=made.type,
        config=made.config,
        sealed=dict(made.sealed),
        description=given.description,
        concurrency=given.concurrency,
    )
    try:
        await repository.add(session, connector)
    except IntegrityError as error:
        raise _taken(given.name) from error
    return connector


async def change(
    session: AsyncSession, kept: Kept, ref: str, given: ConnectorIn, if_match: frozenset[str] | None
) -> Connector:
    """Raises NotFound, PreconditionFailed, Invalid, and Conflict for a name that is taken or in use."""
    connector = await found(session, ref, lock=True)
    etags.check(if_match, connector.revision)
    if given.name != connector.name:
        await _refuse_in_use(session, connector, "renamed")
    wanted = Stored(given.name, given.type, given.config)
    made = accept(kept.catalog, kept.sealer, "connector", wanted, stored(connector))
    about = (connector.name, connector.description, connector.concurrency)
    step = (connector.type, connector.config, connector.sealed)
    if (about, step) == (
        (made.name, given.description, given.concurrency),
        (made.type, made.config, made.sealed),
    ):
        return connector
    if step != (made.type, made.config, made.sealed):
        connector.checked_at, connector.check_ok, connector.check_message = None, None, None
    connector.name, connector.type, connector.config = made.name, made.type, made.config
    connector.sealed, connector.description = dict(made.sealed), given.description
    connector.concurrency = given.concurrency
    connector.revision += 1
    try:
        await repository.save(session, connector)
    except IntegrityError as error:
        raise _taken(given.name) from error
    return connector


def _taken(name: str) -> Conflict:
    return Conflict(f"there is a connector {name!r} already", hint="choose another name", code="connectors.name_taken")


async def remove(session: AsyncSession, ref: str, if_match: frozenset[str] | None) -> None:
    """Raises NotFound, PreconditionFailed, and Conflict while a pipeline uses it."""
    connector = await found(session, ref, lock=True)
    etags.check(if_match, connector.revision)
    await _refuse_in_use(session, connector, "deleted")
    await repository.remove(session, connector)


async def _refuse_in_use(session: AsyncSession, connector: Connector, what: str) -> None:
    users = (await repository.uses(session, [connector.id])).get(connector.id, [])
    if users:
        names = ", ".join(name for _, name in users[:5]) + (f" and {len(users) - 5} more" if len(users) > 5 else "")
        raise Conflict(
            f"connector {connector.name!r} cannot be {what}: it is used by {names}",
            hint="make the pipelines use another connector first",
            code="connectors.in_use",
        )


async def out(session: AsyncSession, connectors: Sequence[Connector]) -> list[ConnectorOut]:
    uses = await repository.uses(session, [item.id for item in connectors])
    return [_out(item, [Named(id=id_, name=name) for id_, name in uses.get(item.id, [])]) for item in connectors]


def _out(connector: Connector, used_by: list[Named]) -> ConnectorOut:
    last = None
    if connector.checked_at is not None:
        message = connector.check_message or ""
        last = LastCheck(ok=bool(connector.check_ok), at=connector.checked_at, message=message)
    return ConnectorOut(
        id=connector.id,
        name=connector.name,
        type=connector.type,
        config=connector.config,
        secrets=sorted(connector.sealed),
        description=connector.description,
        concurrency=connector.concurrency,
        revision=connector.revision,
        created_at=connector.created_at,
        updated_at=connector.updated_at,
        used_by=used_by,
        last_check=last,
    )


async def check_saved(database: Database, ref: str) -> CheckOut:
    """Connect, and remember how it went."""
    async with database.begin() as session:
        connector = await found(session, ref)
    checked = await _check(database, stored(connector))
    async with database.begin() as session:
        again = await repository.by_ref(session, str(connector.id), lock=True)
        if again is not None and again.revision == connector.revision:
            again.checked_at, again.check_ok = datetime.now(UTC), checked.ok
            again.check_message = "; ".join(side.message for side in checked.sides if not side.ok) or "it answers"
    return checked


async def check_unsaved(database: Database, kept: Kept, given: CheckIn) -> CheckOut:
    """Connect with a config that nobody has saved. Raises NotFound, Invalid."""
    before: Stored | None = None
    if given.connector is not None:
        async with database.begin() as session:
            before = stored(await found(session, given.connector))
    name = "new" if before is None else before.name
    made = accept(kept.catalog, kept.sealer, "connector", Stored(name, given.type, given.config), before)
    return await _check(database, made)


async def _check(database: Database, connector: Stored) -> CheckOut:
    answer = await call(database, "check", _request(connector), _CHECK_S)
    sides = answer["sides"]
    return CheckOut.model_validate({**answer, "ok": all(side["ok"] for side in sides)})


def _request(connector: Stored, **more: Any) -> dict[str, Any]:
    """What a worker needs to reach one connector."""
    config = written("connector", connector)
    project = {"version": 1, "connectors": {connector.name: {"type": connector.type, "config": config}}}
    return {
        "project": project,
        "sealed": sealed_names("connector", connector),
        "connector": connector.name,
        **more,
    }


async def fresh_streams(database: Database, ref: str, *, refresh: bool) -> Connector:
    """The connector, with its streams in the cache: discovered when they never were, when its config has changed
    since, or when that is asked for.
    """
    async with database.begin() as session:
        connector = await found(session, ref)
    if not refresh and connector.streams_at is not None and connector.streams_revision == connector.revision:
        return connector
    streams: list[dict[str, Any]] = []
    after: str | None = None
    while True:
        request = _request(stored(connector), pattern="*", after=after, limit=_STREAMS_PER_CALL)
        answer = await call(database, "discover", request, _DISCOVER_S)
        streams += answer["streams"]
        after = answer["next"]
        if after is None:
            break
    async with database.begin() as session:
        again = await found(session, str(connector.id), lock=True)
        await repository.replace_streams(session, again.id, streams)
        again.streams_at, again.streams_revision = datetime.now(UTC), connector.revision
    return again


def stream_out(row: Any) -> StreamOut:
    return StreamOut.model_validate(row.document)


async def preview_stream(database: Database, ref: str, stream: str, limit: int) -> Table:
    """The first rows of a stream as its source gives them."""
    async with database.begin() as session:
        connector = await found(session, ref)
    request = _request(stored(connector), stream=stream, limit=limit)
    return Table.model_validate(await call(database, "stream_preview", request, _LOOK_S))


async def profile_stream(database: Database, ref: str, stream: str, rows: int) -> StreamProfile:
    """What the first rows of a stream hold, column by column."""
    async with database.begin() as session:
        connector = await found(session, ref)
    request = _request(stored(connector), stream=stream, rows=rows)
    return StreamProfile.model_validate(await call(database, "stream_profile", request, _LOOK_S))

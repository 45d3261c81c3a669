"""What keeps a small answer cheap: no thread and no transaction, and never a dead connection."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlalchemy import text

from headwater_server.app.factory import ROUTERS
from headwater_server.db.session import Database


def _needed_by(dependant: Dependant) -> Iterator[Dependant]:
    for needed in dependant.dependencies:
        yield needed
        yield from _needed_by(needed)


ROUTES = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_nothing_that_a_route_needs_is_handed_to_a_thread(route: APIRoute) -> None:
    """Under load, each hand-over may wait for the interpreter's lock."""
    calls = [needed.call for needed in _needed_by(route.dependant)]
    assert [
        call for call in calls if not inspect.iscoroutinefunction(call) and not inspect.isasyncgenfunction(call)
    ] == []


async def test_statements_of_a_read_stand_for_themselves_and_those_of_a_change_do_not(database: Database) -> None:
    async with database.reading() as session:
        moments = [(await session.execute(text("select now()"))).scalar_one() for _ in range(2)]
    assert moments[0] < moments[1]
    async with database.begin() as session:
        moments = [(await session.execute(text("select now()"))).scalar_one() for _ in range(2)]
    assert moments[0] == moments[1]


_OTHERS = " where datname = current_database() and pid <> pg_backend_pid()"


async def test_connections_for_reads_are_there_before_the_first_request(database_url: str) -> None:
    database = Database(database_url, pool_size=6)
    try:
        await database.open_ahead()
        async with database.begin() as session:
            assert (await session.execute(text("select count(*) from pg_stat_activity" + _OTHERS))).scalar_one() == 3
    finally:
        await database.dispose()


async def test_a_connection_for_reads_that_was_terminated_is_replaced_before_it_is_used(database: Database) -> None:
    await database.open_ahead()
    async with database.begin() as session:
        await session.execute(text("select pg_terminate_backend(pid, 5000) from pg_stat_activity" + _OTHERS))
    async with database.reading() as one, database.reading() as other:
        assert [(await each.execute(text("select 1"))).scalar_one() for each in (one, other)] == [1, 1]


async def test_a_pooled_connection_that_was_terminated_is_replaced_before_it_is_used(database: Database) -> None:
    async with database.begin() as session, database.begin() as other:
        pids = [(await each.execute(text("select pg_backend_pid()"))).scalar_one() for each in (session, other)]
    async with database.engine.connect() as killer:
        killers = (await killer.execute(text("select pg_backend_pid()"))).scalar_one()
        for pid in set(pids) - {killers}:
            await killer.execute(text("select pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        async with database.begin() as session, database.begin() as another:
            now = [(await each.execute(text("select pg_backend_pid()"))).scalar_one() for each in (session, another)]
    assert not set(now) & set(pids)

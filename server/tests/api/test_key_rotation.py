"""Everything sealed again with a new key, by the command that an administrator calls."""

from __future__ import annotations

import httpx
from sqlalchemy import text

from headwater_server.cli.secret_key_command import _reseal
from headwater_server.db.instance import check_key
from headwater_server.db.session import Database
from headwater_server.kit.encryption import Sealer

NEW_KEY, OLD_KEY = "new-key-0123456789-abcdefghijklmnop", "a-key-for-tests-0123456789-abcdefghij"


async def test_after_a_rotation_the_old_key_opens_nothing_and_is_not_needed(
    editor: httpx.AsyncClient, database: Database
) -> None:
    config = {"host": "db", "database": "shop", "password": "s3cret"}
    assert (
        await editor.post("/api/connectors", json={"name": "shop", "type": "postgres", "config": config})
    ).status_code == 201
    assert (await editor.put("/api/secrets/pii_key", json={"value": "k" * 16})).status_code == 200

    for expected in (2, 0):
        async with database.begin() as session:
            assert await _reseal(session, Sealer(NEW_KEY, [OLD_KEY])) == expected

    async with database.begin() as session:
        await check_key(session, Sealer(NEW_KEY))
        connector = (await session.execute(text("select sealed ->> 'password' from connectors"))).scalar_one()
        secret = (await session.execute(text("select sealed from secrets"))).scalar_one()
    assert Sealer(NEW_KEY).unseal(connector, "connector.shop.password") == "s3cret"
    assert Sealer(NEW_KEY).unseal(secret, "pii_key") == "k" * 16

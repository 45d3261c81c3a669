"""Connectors over the API: secrets go in and stay in."""

from __future__ import annotations

import json
from typing import Any

import httpx
from sqlalchemy import text

from headwater_server.db.session import Database
from headwater_server.kit.encryption import Sealer

PASSWORD = "s3cr3t-but-not-in-answers"
CONFIG = {"host": "db.local", "database": "shop", "user": "reader", "password": PASSWORD}
SHOP: dict[str, Any] = {"name": "shop", "type": "postgres", "config": CONFIG}
IS_JSON = {"Content-Type": "application/json"}
FILE = {"name": "lake", "type": "sqlite", "config": {"path": "/data/lake.db"}}


async def created(editor: httpx.AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    answer = await editor.post("/api/connectors", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def sealed_password(database: Database) -> str | None:
    async with database.begin() as session:
        found = await session.execute(text("select sealed ->> 'password' from connectors"))
        return found.scalar_one()


async def test_a_secret_is_sealed_and_shown_to_nobody(
    editor: httpx.AsyncClient, database: Database, sealer: Sealer
) -> None:
    made = await created(editor, SHOP)

    assert made["secrets"] == ["password"]
    assert "password" not in made["config"]
    async with database.begin() as session:
        row = (await session.execute(text("select to_jsonb(c)::text from connectors c"))).scalar_one()
    assert PASSWORD not in row
    assert sealer.unseal(await sealed_password(database) or "", "connector.shop.password") == PASSWORD
    for path in ("/api/connectors", "/api/connectors/shop", "/api/export"):
        assert PASSWORD not in (await editor.get(path)).text
    assert "${secret:connector.shop.password}" in (await editor.get("/api/export")).text


async def test_a_secret_that_is_left_out_keeps_its_value_and_null_clears_it(
    editor: httpx.AsyncClient, database: Database
) -> None:
    await created(editor, SHOP)
    before = await sealed_password(database)
    without = {key: value for key, value in CONFIG.items() if key != "password"}

    kept = await editor.put("/api/connectors/shop", json={**SHOP, "config": {**without, "port": 5433}})
    assert (kept.json()["secrets"], await sealed_password(database)) == (["password"], before)

    cleared = await editor.put("/api/connectors/shop", json={**SHOP, "config": {**without, "password": None}})
    assert (cleared.json()["secrets"], await sealed_password(database)) == ([], None)


async def test_a_reference_is_no_secret_and_is_shown(editor: httpx.AsyncClient) -> None:
    made = await created(editor, {**SHOP, "config": {**CONFIG, "password": "${env:SHOP_PASSWORD}"}})

    assert made["config"]["password"] == "${env:SHOP_PASSWORD}"
    assert made["secrets"] == []


async def test_saving_the_same_again_changes_nothing(editor: httpx.AsyncClient) -> None:
    made = await created(editor, SHOP)

    again = await editor.put(f"/api/connectors/{made['id']}", json=SHOP)

    assert again.json() == made


async def test_a_renamed_connector_keeps_its_secret(
    editor: httpx.AsyncClient, database: Database, sealer: Sealer
) -> None:
    await created(editor, SHOP)

    answer = await editor.put("/api/connectors/shop", json={**SHOP, "name": "store", "config": {"dsn": None, **CONFIG}})

    assert answer.status_code == 200, answer.text
    assert sealer.unseal(await sealed_password(database) or "", "connector.store.password") == PASSWORD


async def test_a_wrong_config_is_refused_with_every_problem_and_no_value(editor: httpx.AsyncClient) -> None:
    config = {**CONFIG, "port": "many", "databse": "shop", "password": ["oops-a-secret"]}

    answer = await editor.post("/api/connectors", json={**SHOP, "config": config})

    assert answer.status_code == 422
    paths = {(item["path"], item["code"]) for item in answer.json()["problems"]}
    assert paths == {
        ("config.port", "config.wrong_type"),
        ("config.databse", "config.unknown_key"),
        ("config.password", "config.wrong_type"),
    }
    assert "did you mean 'database'?" in answer.text
    assert "oops-a-secret" not in answer.text


async def test_an_unknown_type_names_the_nearest(editor: httpx.AsyncClient) -> None:
    answer = await editor.post("/api/connectors", json={**SHOP, "type": "postgers"})

    assert answer.status_code == 422
    assert answer.json()["problems"][0]["path"] == "type"
    assert "postgres" in answer.json()["problems"][0]["hint"]


async def test_a_name_is_taken_once(editor: httpx.AsyncClient) -> None:
    await created(editor, SHOP)

    answer = await editor.post("/api/connectors", json=SHOP)

    assert (answer.status_code, answer.json()["code"]) == (409, "connectors.name_taken")


async def test_who_saw_an_older_revision_changes_nothing(editor: httpx.AsyncClient) -> None:
    await created(editor, FILE)
    seen = (await editor.get("/api/connectors/lake")).headers["etag"]
    first = {**FILE, "description": "first"}

    assert (await editor.put("/api/connectors/lake", json=first, headers={"If-Match": seen})).status_code == 200
    late = await editor.put("/api/connectors/lake", json=FILE, headers={"If-Match": seen})
    deleted = await editor.delete("/api/connectors/lake", headers={"If-Match": seen})

    assert (late.status_code, deleted.status_code) == (412, 412)
    assert (await editor.get("/api/connectors/lake")).json()["description"] == "first"


async def test_pages_hold_everything_once(editor: httpx.AsyncClient) -> None:
    for number in range(7):
        await created(editor, {**FILE, "name": f"lake_{number}"})

    names: list[str] = []
    query: dict[str, Any] = {"limit": 3}
    while True:
        found = (await editor.get("/api/connectors", params=query)).json()
        names += [item["name"] for item in found["items"]]
        if found["next"] is None:
            break
        query["after"] = found["next"]

    assert names == [f"lake_{number}" for number in range(7)]


async def test_search_takes_signs_for_what_they_are(editor: httpx.AsyncClient) -> None:
    await created(editor, {**FILE, "name": "a_b"})
    await created(editor, {**FILE, "name": "axb"})

    found = (await editor.get("/api/connectors", params={"q": "A_B"})).json()

    assert [item["name"] for item in found["items"]] == ["a_b"]


async def test_a_connector_in_use_cannot_be_deleted_or_renamed(editor: httpx.AsyncClient) -> None:
    await created(editor, FILE)
    document = {"sources": ["lake"], "destinations": [{"type": "duckdb", "config": {"path": "/data/out.duckdb"}}]}
    assert (await editor.post("/api/pipelines", json={"name": "copy", "document": document})).status_code == 201

    deleted = await editor.delete("/api/connectors/lake")
    renamed = await editor.put("/api/connectors/lake", json={**FILE, "name": "sea"})

    assert (deleted.status_code, renamed.status_code) == (409, 409)
    assert "copy" in deleted.json()["detail"]
    assert (await editor.get("/api/connectors/lake")).json()["used_by"][0]["name"] == "copy"


async def test_without_a_worker_a_check_says_so(editor: httpx.AsyncClient) -> None:
    await created(editor, FILE)

    answer = await editor.post("/api/connectors/lake/check")

    assert (answer.status_code, answer.json()["code"]) == (503, "calls.no_worker")


async def test_hostile_names_and_texts_are_refused_and_break_nothing(editor: httpx.AsyncClient) -> None:
    for name in ("", "a b", "../etc", "x" * 101, "-rf", "a\x00b", "\ud800", "';drop table connectors;--"):
        answer = await editor.post("/api/connectors", content=json.dumps({**FILE, "name": name}), headers=IS_JSON)
        assert answer.status_code == 422, name
    for config in ({"path": "a\x00b"}, {"path": "\ud800"}, {"\x00": 1}, {"path": float("nan")}):
        content = json.dumps({**FILE, "config": config})
        answer = await editor.post("/api/connectors", content=content, headers=IS_JSON)
        assert answer.status_code == 422, config
    assert (await editor.get("/api/connectors", params={"q": "\x00"})).status_code == 422
    assert (await editor.get("/api/connectors", params={"after": "Zm9v"})).status_code == 422
    assert (await editor.get("/api/connectors/no%00such")).status_code == 422

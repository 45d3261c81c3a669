"""Pipelines over the API: judged before they are saved, kept as versions."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

LAKE = {"name": "lake", "type": "sqlite", "config": {"path": "/data/lake.db"}}
OUT = {"name": "out", "type": "duckdb", "config": {"path": "/data/out.duckdb"}}
ONLY_PAID = {"name": "only_paid", "type": "filter", "config": {"where": "status = 'paid'"}}
DOCUMENT: dict[str, Any] = {
    "description": "Orders, as they come",
    "sources": [{"connector": "lake", "streams": ["orders"]}],
    "processors": ["only_paid"],
    "destinations": ["out"],
}
ORDERS = {"name": "orders", "document": DOCUMENT}


@pytest.fixture
async def editor(editor: httpx.AsyncClient) -> httpx.AsyncClient:
    """With two connectors and a processor."""
    for noun, body in (("connectors", LAKE), ("connectors", OUT), ("processors", ONLY_PAID)):
        assert (await editor.post(f"/api/{noun}", json=body)).status_code == 201
    return editor


async def test_a_pipeline_is_found_by_name_and_id(editor: httpx.AsyncClient) -> None:
    made = await editor.post("/api/pipelines", json=ORDERS)

    assert made.status_code == 201, made.text
    assert made.json()["description"] == "Orders, as they come"
    by_id = await editor.get(made.headers["location"])
    assert by_id.json() == (await editor.get("/api/pipelines/orders")).json() == made.json()


async def test_every_problem_of_a_document_is_told_with_its_path(editor: httpx.AsyncClient) -> None:
    document = {
        "sources": [{"connector": "lak", "streams": [{"name": "orders", "mode": "sometimes"}]}],
        "processors": [{"type": "filter", "config": {"wher": "true"}}],
        "destinations": [{"connector": "out", "write": "merge"}],
    }

    found = (await editor.post("/api/pipelines/validate", json={"document": document})).json()

    assert not found["valid"]
    problems = {item["path"]: item for item in found["problems"]}
    assert problems["sources[0].connector"]["hint"].startswith("did you mean 'lake'?")
    assert problems["sources[0].streams[0].mode"]["code"] == "config.wrong_value"
    saved = await editor.post("/api/pipelines", json={"name": "orders", "document": document})
    assert (saved.status_code, saved.json()["code"]) == (422, "pipelines.invalid")


async def test_the_config_of_a_step_in_place_is_judged_by_its_type(editor: httpx.AsyncClient) -> None:
    document = {**DOCUMENT, "processors": [{"type": "filter", "config": {"wher": "true"}}]}

    found = (await editor.post("/api/pipelines/validate", json={"document": document})).json()

    assert {item["path"] for item in found["problems"]} == {
        "processors[0].config.where",
        "processors[0].config.wher",
    }


async def test_a_secret_in_clear_cannot_stand_in_a_pipeline(editor: httpx.AsyncClient) -> None:
    config = {"host": "db", "database": "d", "password": "hunter2-in-clear"}
    document = {**DOCUMENT, "sources": [{"type": "postgres", "config": config}]}

    answer = await editor.post("/api/pipelines", json={"name": "orders", "document": document})

    assert answer.status_code == 422
    assert answer.json()["problems"][0]["path"] == "sources[0].config.password"
    assert answer.json()["problems"][0]["code"] == "config.secret_in_clear"
    assert "hunter2-in-clear" not in answer.text


async def test_every_change_is_a_version_that_can_be_compared_and_brought_back(editor: httpx.AsyncClient) -> None:
    await editor.post("/api/pipelines", json=ORDERS)
    changed = {**DOCUMENT, "processors": []}
    second = await editor.put(
        "/api/pipelines/orders", json={"name": "orders", "document": changed, "message": "everything"}
    )
    assert second.json()["version"] == 2

    difference = (await editor.get("/api/pipelines/orders/versions/1/diff")).json()["text"]
    assert "-processors:\n-- only_paid\n+processors: []\n" in difference

    back = await editor.post("/api/pipelines/orders/versions/1/rollback")
    assert (back.status_code, back.json()["version"], back.json()["document"]) == (201, 3, DOCUMENT)
    listed = (await editor.get("/api/pipelines/orders/versions")).json()["items"]
    assert [(item["number"], item["message"], item["current"]) for item in listed] == [
        (3, "back to version 1", True),
        (2, "everything", False),
        (1, None, False),
    ]
    assert (await editor.get("/api/pipelines/orders/versions/2")).json()["document"] == changed


async def test_saving_the_same_again_makes_no_version(editor: httpx.AsyncClient) -> None:
    await editor.post("/api/pipelines", json=ORDERS)

    again = await editor.put("/api/pipelines/orders", json=ORDERS)

    assert (again.json()["version"], again.json()["revision"]) == (1, 1)


async def test_a_deleted_pipeline_frees_what_it_used(editor: httpx.AsyncClient) -> None:
    await editor.post("/api/pipelines", json=ORDERS)
    assert (await editor.delete("/api/processors/only_paid")).status_code == 409

    assert (await editor.delete("/api/pipelines/orders")).status_code == 204

    assert (await editor.delete("/api/processors/only_paid")).status_code == 204
    assert (await editor.get("/api/pipelines/orders")).status_code == 404


async def test_a_viewer_reads_and_changes_nothing(editor: httpx.AsyncClient, viewer: httpx.AsyncClient) -> None:
    await editor.post("/api/pipelines", json=ORDERS)

    assert (await viewer.get("/api/pipelines/orders")).status_code == 200
    assert (await viewer.put("/api/pipelines/orders", json=ORDERS)).status_code == 403
    assert (await viewer.delete("/api/pipelines/orders")).status_code == 403
    assert (await viewer.post("/api/apply", json={"yaml": "version: 1"})).status_code == 403
    assert (await viewer.get("/api/secrets")).status_code == 403

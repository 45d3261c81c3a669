"""The demo's shop: files in the project's folder, and what the project says about them."""

from __future__ import annotations

import httpx
from fastapi import FastAPI


async def test_the_demo_brings_its_exports_its_connectors_and_its_pipeline(
    app: FastAPI, editor: httpx.AsyncClient
) -> None:
    answer = await editor.post("/api/demo")

    assert answer.status_code == 201, answer.text
    assert [(item["kind"], item["name"], item["action"]) for item in answer.json()["changes"]] == [
        ("connector", "demo_exports", "create"),
        ("connector", "demo_warehouse", "create"),
        ("pipeline", "demo_shop", "create"),
    ]
    folder = app.state.settings.home / "projects" / "default" / "demo" / "exports"
    orders = (folder / "orders" / "2026-01.csv").read_text().splitlines()
    assert (len(orders), orders[0].split(",")[:2]) == (2_401, ["order_id", "customer_id"])
    assert (folder / "customers.csv").read_text().count("\n") == 501


async def test_a_demo_that_is_there_is_not_written_over(editor: httpx.AsyncClient) -> None:
    await editor.post("/api/demo")

    again = await editor.post("/api/demo")

    assert (again.status_code, again.json()["code"]) == (409, "request.conflict")


async def test_a_folder_that_cannot_be_written_is_named_and_nothing_is_configured(
    app: FastAPI, editor: httpx.AsyncClient
) -> None:
    home = app.state.settings.home
    (home / "projects" / "default").mkdir(parents=True)
    (home / "projects" / "default" / "demo").write_text("a file where the folder belongs")

    answer = await editor.post("/api/demo")

    assert answer.status_code == 503
    assert "projects/default/demo" in answer.json()["detail"]
    assert (await editor.get("/api/connectors")).json()["items"] == []


async def test_only_who_may_change_the_project_may_have_the_demo(viewer: httpx.AsyncClient) -> None:
    assert (await viewer.post("/api/demo")).status_code == 403

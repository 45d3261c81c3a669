"""The built web UI beside the API."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from headwater_server.app.factory import create_app
from headwater_server.kit.encryption import Sealer
from headwater_server.settings import Settings

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


@pytest.fixture
def app(tmp_path: Path, sealer: Sealer) -> FastAPI:
    """Not started: files need no database."""
    built = tmp_path / "built"
    (built / "assets").mkdir(parents=True)
    (built / "index.html").write_text("<title>Headwater</title>")
    (built / "assets" / "main-4f3a.js").write_text("1")
    (tmp_path / "secret.key").write_text("not for you")
    return create_app(Settings(home=tmp_path, ui_folder=built), NOWHERE, sealer)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://headwater.test") as made:
        yield made


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/pipelines",
        "/pipelines/orders/edit?tab=plan",
        "/sign-in?token=x",
        "/connectors/my.db",
        "/pipelines/a.b.json/edit",
        "/connectors/shop/streams/public.orders",
        "/connectors/files/streams/2024%2Forders.csv",
    ],
)
async def test_every_page_of_the_ui_is_its_index(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)

    assert (answer.status_code, answer.text) == (200, "<title>Headwater</title>")
    assert answer.headers["cache-control"] == "no-cache"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/assets/none.js", "/assets/deep/none", "/favicon.ico", "/robots.txt"])
async def test_a_file_that_is_not_there_is_no_page(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)

    assert (answer.status_code, answer.text) == (404, "there is no such file\n")


async def test_what_has_a_hash_in_its_name_is_kept_for_a_year(client: httpx.AsyncClient) -> None:
    answer = await client.get("/assets/main-4f3a.js")

    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "javascript" in answer.headers["content-type"]


async def test_a_file_that_was_packed_goes_packed_to_whoever_takes_it(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    (tmp_path / "built/assets/main-4f3a.js.gz").write_bytes(gzip.compress(b"packed"))

    packed = await client.get("/assets/main-4f3a.js", headers={"accept-encoding": "gzip, br"})
    plain = await client.get("/assets/main-4f3a.js", headers={"accept-encoding": "identity"})

    assert (packed.text, packed.headers["content-encoding"]) == ("packed", "gzip")
    assert "javascript" in packed.headers["content-type"]
    assert packed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (plain.text, plain.headers.get("content-encoding")) == ("1", None)
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "path", ["/assets/none.js", "/favicon.ico", "/../secret.key", "/%2e%2e/secret.key", "/..%2fsecret.key", "/a%00b.js"]
)
async def test_no_way_leads_to_a_file_that_is_not_the_uis(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)

    assert answer.status_code in (200, 404)
    assert "not for you" not in answer.text


async def test_below_api_nothing_falls_through_to_the_ui(client: httpx.AsyncClient) -> None:
    for path in ("/api", "/api/", "/api/pipeline"):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "request.no_such_route"), path


async def test_without_its_database_the_api_says_so_and_lives(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/pipelines", headers={"Authorization": "Bearer hw_x"})

    assert (answer.status_code, answer.json()["code"]) == (503, "database.unavailable")
    assert answer.headers["retry-after"] == "5"
    assert (await client.get("/api/healthz")).status_code == 200

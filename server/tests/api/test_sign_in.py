"""Who may come in, and how."""

from __future__ import annotations

import httpx


async def test_without_a_cookie_nobody_is_signed_in(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/session")

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "auth.sign_in_needed"


async def test_a_signed_in_user_sees_who_they_are(admin: httpx.AsyncClient) -> None:
    answer = await admin.get("/api/session")

    assert answer.status_code == 200
    assert answer.json()["user"]["role"] == "admin"


async def test_a_viewer_may_not_make_users(viewer: httpx.AsyncClient) -> None:
    answer = await viewer.post("/api/users", json={"email": "eve@example.com", "name": "Eve"})

    assert answer.status_code == 403
    assert answer.json()["code"] == "auth.forbidden"


async def test_the_same_key_and_request_give_the_same_answer(admin: httpx.AsyncClient) -> None:
    body, key = {"email": "ada@example.com", "name": "Ada"}, {"Idempotency-Key": "one"}

    first = await admin.post("/api/users", json=body, headers=key)
    again = await admin.post("/api/users", json=body, headers=key)
    other = await admin.post("/api/users", json={**body, "name": "Eve"}, headers=key)

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert other.json()["code"] == "request.idempotency_key_reused"

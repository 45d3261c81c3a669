"""Who may come in, and how."""

from __future__ import annotations

import httpx
from fastapi import FastAPI


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


async def test_a_password_signs_in_and_ends_other_sessions(
    admin: httpx.AsyncClient, client: httpx.AsyncClient, app: FastAPI
) -> None:
    assert (await admin.put("/api/users/me/password", json={"new": "correct horse"})).status_code == 204
    body = {"email": "ADMIN@example.com", "password": "correct horse"}
    answer = await client.post("/api/session", json=body)

    assert answer.status_code == 201, answer.text
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert (await client.get("/api/session")).status_code == 200
    changed = await client.put("/api/users/me/password", json={"current": "correct horse", "new": "battery staple"})
    assert changed.status_code == 204
    assert (await admin.get("/api/session")).json()["code"] == "auth.session_ended"
    assert (await client.delete("/api/session")).status_code == 204
    assert (await client.get("/api/session")).status_code == 401


async def test_who_guesses_passwords_is_stopped(admin: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
    await admin.put("/api/users/me/password", json={"new": "correct horse"})
    codes: list[str] = []
    for number in range(11):
        body = {"email": "admin@example.com", "password": f"guess {number}"}
        codes.append((await client.post("/api/session", json=body)).json()["code"])
    right = await client.post("/api/session", json={"email": "admin@example.com", "password": "correct horse"})

    assert codes == ["auth.wrong_password"] * 10 + ["auth.too_many_failures"]
    assert (right.status_code, right.headers["retry-after"]) == (429, "900")


async def test_a_change_from_another_sites_page_is_refused(admin: httpx.AsyncClient) -> None:
    body = {"name": "x"}
    foreign = await admin.post("/api/tokens", json=body, headers={"Origin": "https://evil.example"})
    no_origin = await admin.post("/api/tokens", json=body, headers={"Origin": ""})

    assert (foreign.status_code, foreign.json()["code"]) == (403, "auth.other_origin")
    assert no_origin.status_code == 403


async def test_a_token_does_what_its_role_allows_until_it_is_revoked(
    admin: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    made = (await admin.post("/api/tokens", json={"name": "ci", "role": "viewer"})).json()
    bearer = {"Authorization": f"Bearer {made['token']}"}

    assert (await client.get("/api/connectors", headers=bearer)).status_code == 200
    assert (await client.post("/api/connectors", json={}, headers=bearer)).status_code == 403
    listed = (await admin.get("/api/tokens")).json()["items"]
    assert [item["hint"] for item in listed] == [made["hint"]]
    assert made["token"] not in (await admin.get("/api/tokens")).text
    assert (await admin.delete(f"/api/tokens/{made['id']}")).status_code == 204
    assert (await client.get("/api/connectors", headers=bearer)).json()["code"] == "auth.bad_token"


async def test_the_last_administrator_stays(admin: httpx.AsyncClient) -> None:
    me = (await admin.get("/api/session")).json()["user"]

    lowered = await admin.put(f"/api/users/{me['id']}", json={"email": me["email"], "name": "x", "role": "viewer"})
    deleted = await admin.delete(f"/api/users/{me['id']}")

    assert {lowered.json()["code"], deleted.json()["code"]} == {"users.last_admin"}


async def test_a_disabled_user_is_out_at_once(admin: httpx.AsyncClient, viewer: httpx.AsyncClient) -> None:
    other = (await viewer.get("/api/session")).json()["user"]
    body = {"email": other["email"], "name": "x", "role": "viewer", "enabled": False}

    assert (await admin.put(f"/api/users/{other['id']}", json=body)).status_code == 200

    assert (await viewer.get("/api/session")).status_code == 401

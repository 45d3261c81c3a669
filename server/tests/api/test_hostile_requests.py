"""Whatever the description allows, and much that it does not: never a 5xx, and what is refused is a problem."""

from __future__ import annotations

from asyncio import Runner
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Unsatisfiable
from psycopg import connect
from schemathesis import GenerationMode

from headwater_server.app.factory import create_app
from headwater_server.auth.tokens import token_hash
from headwater_server.kit.encryption import Sealer
from headwater_server.settings import Settings

TOKEN, BASE_URL = "hw_for-schemathesis", "http://headwater.test"
EXAMPLES = 4
# What never ends by itself, and what would end the token that this test uses. Without a worker, calls answer 503.
ENDLESS = {"stream_events", "stream_run_events"}
OURS = {"delete_token", "delete_user", "update_user"}
NO_WORKER = {"calls.no_worker"}
SENT = ("method", "url", "params", "json", "data")


@dataclass
class Hammered:
    """A started server, and a client that an administrator's token lets in; all calls are synchronous."""

    app: FastAPI
    runner: Runner
    client: httpx.AsyncClient

    def answer(self, case: Any) -> httpx.Response:
        request = {key: value for key, value in case.as_transport_kwargs(base_url=BASE_URL).items() if key in SENT}
        if isinstance(request.get("data"), bytes | str):
            request["content"] = request.pop("data")
        headers = {key: value for key, value in (case.headers or {}).items() if str(value).isascii()}
        return self.runner.run(self.client.request(**request, headers={**headers, **self.client.headers}))


@pytest.fixture
def hammered(settings: Settings, database_url: str, sealer: Sealer) -> Iterator[Hammered]:
    with connect(database_url) as connection:
        user = "insert into users (id, email, name, role) values (gen_random_uuid(), 'x@y', 'X', 'admin') returning id"
        found = connection.execute(user).fetchone()
        assert found is not None
        connection.execute(
            "insert into api_tokens (id, user_id, name, role, token_hash, hint)"
            " values (gen_random_uuid(), %s, 't', 'admin', %s, 'h')",
            [found[0], token_hash(TOKEN)],
        )
    app = create_app(settings, database_url, sealer)
    lifespan = app.router.lifespan_context(app)
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False),
        base_url=BASE_URL,
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    with Runner() as runner:
        runner.run(lifespan.__aenter__())
        yield Hammered(app, runner, client)
        runner.run(client.aclose())
        runner.run(lifespan.__aexit__(None, None, None))


def operations(app: FastAPI) -> list[Any]:
    schema = schemathesis.openapi.from_dict(app.openapi())
    found: list[Any] = [result.ok() for result in schema.get_all_operations()]  # pyright: ignore[reportAttributeAccessIssue]
    return [item for item in found if item.definition.raw["operationId"] not in ENDLESS | OURS]


def test_no_request_makes_the_server_fail(hammered: Hammered) -> None:
    failed: list[str] = []
    asked: dict[str, int] = {}
    for operation in operations(hammered.app):
        name = operation.definition.raw["operationId"]
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            asked[name] = asked.get(name, 0) + hammer(hammered, operation, mode, failed)

    assert failed == []
    assert len(asked) > 80
    assert [name for name, times in asked.items() if times == 0] == []


def hammer(hammered: Hammered, operation: Any, mode: GenerationMode, failed: list[str]) -> int:
    """How many requests were sent."""
    sent = 0

    @seed(1)
    @hypothesis_settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=[*HealthCheck],  # pyright: ignore[reportArgumentType]
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        nonlocal sent
        sent += 1
        answer = hammered.answer(case)
        is_problem = answer.headers.get("content-type") == "application/problem+json"
        if answer.status_code >= 500 and not (is_problem and answer.json()["code"] in NO_WORKER):
            failed.append(f"{case.method} {case.formatted_path}: {answer.status_code} {answer.text[:300]}")
        elif answer.status_code >= 400 and not is_problem:
            failed.append(f"{case.method} {case.formatted_path}: {answer.status_code} is no problem")

    try:
        ask()
    except Unsatisfiable:
        pass  # there is nothing to get wrong
    return sent

"""The API's description: committed, complete, and true."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from api_reference import reference
from fastapi import FastAPI
from fastapi.routing import APIRoute
from jsonschema_rs import Draft202012Validator

from headwater_server.app.factory import ROUTERS
from headwater_server.app.openapi import openapi_text

COMMITTED = Path(__file__).parents[3] / "frontend" / "openapi.json"
OPEN = {
    "get_health",
    "get_metrics",
    "get_readiness",
    "sign_in",
    "sign_in_by_link",
    "sign_out",
}


def test_the_committed_description_is_that_of_the_code() -> None:
    assert COMMITTED.read_text() == openapi_text(), "run `make openapi` and commit frontend/openapi.json"


def test_the_api_reference_is_written_from_the_description() -> None:
    page = Path(__file__).parents[3] / "docs" / "reference" / "api.md"

    assert page.read_text() == reference(json.loads(COMMITTED.read_text())), "run `make openapi`"


def routes() -> list[APIRoute]:
    return [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]


def needs_somebody(dependant: Any) -> bool:
    called = getattr(dependant.call, "__qualname__", "")
    return called in ("needs.<locals>.check", "signed_in") or any(map(needs_somebody, dependant.dependencies))


def test_every_route_but_a_few_needs_a_sign_in() -> None:
    assert {route.name for route in routes() if not needs_somebody(route.dependant)} == OPEN


def test_every_route_is_named_once_and_says_what_it_does() -> None:
    names = [route.name for route in routes()]

    assert sorted(names) == sorted(set(names))
    assert [route.name for route in routes() if not (route.description or "").strip()] == []


@pytest.mark.parametrize("method", ["POST"])
async def test_nothing_but_get_answers_without_credentials(app: FastAPI, client: Any, method: str) -> None:
    for route in routes():
        if method in (route.methods or ()) and route.name not in OPEN:
            path = "/api" + route.path_format.replace("{", "").replace("}", "")
            answer = await client.request(method, path, json={})
            assert answer.status_code == 401, path


def parts_of(operation: dict[str, Any]) -> list[str]:
    """Names of the schemas that it takes or answers as JSON."""
    answers = [answer for code, answer in operation["responses"].items() if code.startswith("2")]
    contents = [part.get("content", {}) for part in [operation.get("requestBody", {}), *answers]]
    schemas = [content["application/json"]["schema"] for content in contents if "application/json" in content]
    named = [option for schema in schemas for option in [schema, *schema.get("anyOf", [])] if "$ref" in option]
    return [option["$ref"].rsplit("/", 1)[-1] for option in named]


def test_all_that_is_taken_and_answered_has_an_example_that_is_right() -> None:
    description = json.loads(COMMITTED.read_text())
    schemas = description["components"]["schemas"]
    operations = [operation for methods in description["paths"].values() for operation in methods.values()]
    used = sorted({name for operation in operations for name in parts_of(operation)})

    assert len(used) > 60
    assert [name for name in used if not schemas[name].get("examples")] == []
    wrong = [
        (name, error.message, error.instance_path)
        for name in used
        for example in schemas[name]["examples"]
        for error in validator_of(name, schemas).iter_errors(example)
    ]
    assert wrong == []


def validator_of(name: str, schemas: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}})

"""Talks to a server over HTTP, for commands that run anywhere; HEADWATER_TOKEN says as whom."""

from __future__ import annotations

import os
from typing import Any

import click
import httpx

from headwater.sdk.errors import ConfigError, HeadwaterError, InternalError, TransientError
from headwater.spec.problems import Problem, ProjectInvalid

URL_VARIABLE, TOKEN_VARIABLE = "HEADWATER_URL", "HEADWATER_TOKEN"
DEFAULT_URL = "http://localhost:3000"
_TIMEOUT = httpx.Timeout(300.0, connect=10.0)

server_url = click.option(
    "--url", envvar=URL_VARIABLE, default=DEFAULT_URL, show_default=True, help=f"The server; or {URL_VARIABLE}."
)


class Remote:
    """One server. Every answer that is no success is raised as the error that it says it is."""

    def __init__(self, url: str) -> None:
        token = os.environ.get(TOKEN_VARIABLE)
        if not token:
            raise ConfigError(
                f"{TOKEN_VARIABLE} is not set",
                hint="make a token on the page Settings, or with `headwater tokens create` on the server",
                code="cli.no_token",
            )
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str) -> httpx.Response:
        return self._ask("GET", path, None)

    def post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        return self._ask("POST", path, body)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None) -> httpx.Response:
        try:
            answer = httpx.request(method, self._url + path, json=body, headers=self._headers, timeout=_TIMEOUT)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise ConfigError(f"{self._url} is no address of a server", hint=f"set {URL_VARIABLE}") from error
        except httpx.HTTPError as error:
            raise TransientError(
                f"the server {self._url} does not answer: {type(error).__name__}",
                hint=f"is it up, and is {URL_VARIABLE} right?",
                code="cli.server_unreachable",
            ) from error
        if answer.is_success:
            return answer
        raise _error(answer)


def _error(answer: httpx.Response) -> HeadwaterError:
    try:
        said: dict[str, Any] = answer.json()
        message, code = str(said["detail"]), str(said["code"])
    except (ValueError, KeyError, TypeError):
        return InternalError(f"the server answered {answer.status_code}, and nothing that can be read")
    if answer.status_code >= 500:
        return TransientError(message, hint=said.get("hint"), code=code)
    problems = said.get("problems")
    if problems and any(problem.get("line") for problem in problems):
        return ProjectInvalid(
            Problem(p["code"], p["message"], p["path"], "headwater.yaml", p["line"], hint=p["hint"]) for p in problems
        )
    if problems:
        message = "\n  ".join([message, *(f"{p['path']}: {p['message']}" for p in problems)])
    return ConfigError(message, hint=said.get("hint"), code=code)

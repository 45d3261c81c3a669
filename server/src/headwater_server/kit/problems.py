"""Errors of the API, and every error as an RFC 9457 problem.

Promises: an answer never holds a traceback, a value of a request or a secret; `code` is stable and documented in
docs/reference/errors.md; the status says what a client may do: 4xx change the request, 503 try again.
Source: RFC 9457, https://www.rfc-editor.org/rfc/rfc9457.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import DataError as StatementDataError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from headwater.sdk.errors import ConfigError, DataError, HeadwaterError, InternalError, TransientError

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger(__name__)


class ApiError(HeadwaterError):
    """A request that is not done; `status` is that of the answer."""

    status: ClassVar[int] = 400


class Invalid(ApiError):
    """The request can be read, but what it asks for cannot be."""

    code = "request.invalid"
    status = 422


class NotFound(ApiError):
    """What the path names does not exist."""

    code = "request.not_found"
    status = 404


class Conflict(ApiError):
    """The request does not fit what is there now."""

    code = "request.conflict"
    status = 409


class PreconditionFailed(ApiError):
    """Someone else has changed it since it was read."""

    code = "request.changed_meanwhile"
    status = 412


class Unauthorized(ApiError):
    """Nobody is signed in, or the credentials are no longer good."""

    code = "auth.sign_in_needed"
    status = 401


class Forbidden(ApiError):
    """This user may not do this."""

    code = "auth.forbidden"
    status = 403


class TooMany(ApiError):
    """Too often in too short a time. `retry_after_s` says when it is worth another try."""

    code = "request.too_many"
    status = 429

    def __init__(self, message: str, *, retry_after_s: int, hint: str | None = None, code: str | None = None) -> None:
        super().__init__(message, hint=hint, code=code)
        self.retry_after_s = retry_after_s


class Unavailable(ApiError):
    """Something that the answer needs is not there just now."""

    code = "transient.unavailable"
    status = 503


class ProblemItem(BaseModel):
    """One of several things that are wrong."""

    path: str = Field(description="Dotted path in the document or the request.")
    line: int | None
    code: str
    message: str
    hint: str | None


class ProblemDetail(BaseModel):
    """Any answer that is no success: RFC 9457 with Headwater's code and hint."""

    type: str
    title: str
    status: int
    detail: str
    code: str = Field(description="Stable: programs may branch on it.")
    hint: str | None = Field(description="What to do, and what exists.")
    instance: str
    problems: list[ProblemItem] | None = None


def status_of(error: HeadwaterError) -> int:
    match error:
        case ApiError():
            return error.status
        case ConfigError() | DataError():
            return 422
        case TransientError():
            return 503
        case _:
            return 500


def install(app: FastAPI) -> None:
    """Register a handler for every kind of error."""
    app.add_exception_handler(HeadwaterError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(StatementDataError, _text_the_database_refuses)
    app.add_exception_handler(UnicodeError, _text_the_database_refuses)
    for gone in (OperationalError, InterfaceError, PoolTimeout, ConnectionError):
        app.add_exception_handler(gone, _database_gone)
    app.add_exception_handler(Exception, _bug)


def answer(
    request: Request,
    *,
    status: int,
    code: str,
    detail: str,
    hint: str | None = None,
    problems: list[dict[str, Any]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    content: dict[str, Any] = {
        "type": f"urn:headwater:error:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "hint": hint,
        "instance": request.url.path,
    }
    if problems is not None:
        content["problems"] = problems
    return JSONResponse(_speakable(content), status, headers, MEDIA_TYPE)


def _speakable(value: Any) -> Any:
    """Lone surrogates, which a hostile request may bring in, are no text that an answer could hold."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode()
        case dict():
            return {key: _speakable(item) for key, item in value.items()}
        case list():
            return [_speakable(item) for item in value]
        case _:
            return value


async def _ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HeadwaterError)
    status = status_of(error)
    if isinstance(error, InternalError) or status == 500:
        log.error("a request failed", exc_info=error, extra={"event": "request.failed", "path": request.url.path})
    found = error.facts.get("problems")
    problems = [_item(item) for item in found if isinstance(item, dict)] if isinstance(found, list) else None
    headers: dict[str, str] = {}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.retry_after_s)
    elif status == 503:
        headers["Retry-After"] = "5"
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return answer(
        request,
        status=status,
        code=error.public_code,
        detail=error.message,
        hint=error.hint,
        problems=problems,
        headers=headers,
    )


def _item(problem: Mapping[str, Any]) -> dict[str, Any]:
    return {key: problem.get(key) for key in ProblemItem.model_fields}


async def _invalid_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    problems = [
        {
            "path": _place(item["loc"]),
            "line": None,
            "code": f"request.{item['type']}",
            "message": item["msg"],
            "hint": None,
        }
        for item in error.errors()
    ]
    first = problems[0]
    detail = f"{first['path']}: {first['message']}" if len(problems) == 1 else f"{len(problems)} values are wrong"
    return answer(request, status=422, code="request.invalid", detail=detail, problems=problems)


def _place(location: tuple[int | str, ...]) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


_HTTP_CODES = {404: "request.no_such_route", 405: "request.method_not_allowed", 413: "request.too_large"}


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = _HTTP_CODES.get(error.status_code, "request.invalid")
    return answer(request, status=error.status_code, code=code, detail=str(error.detail), headers=error.headers)


async def _text_the_database_refuses(request: Request, error: Exception) -> JSONResponse:
    log.info("a value the database refuses", extra={"event": "request.refused", "path": request.url.path})
    return answer(
        request,
        status=422,
        code="request.invalid_value",
        detail="a value of the request cannot be stored: a NUL character, broken Unicode, or a number out of range",
    )


async def _database_gone(request: Request, error: Exception) -> JSONResponse:
    log.warning(
        "the database does not answer",
        extra={"event": "database.unavailable", "path": request.url.path, "error": type(error).__name__},
    )
    return answer(
        request,
        status=503,
        code="database.unavailable",
        detail="the server's database does not answer",
        hint="try again in a few seconds; `headwater doctor` on the server says more",
        headers={"Retry-After": "5"},
    )


async def _bug(request: Request, error: Exception) -> JSONResponse:
    log.error("a request failed", exc_info=error, extra={"event": "request.failed", "path": request.url.path})
    return answer(
        request,
        status=500,
        code="internal.bug",
        detail="the server has a bug; its log says which",
        hint="report it with the log entry",
    )

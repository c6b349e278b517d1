"""Errors as RFC 9457 problems: one shape for everything that goes wrong, with ``code``, ``retryable`` and ``errors[]``."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Match, Route

from models.errors import CongvanError

PROBLEM = "application/problem+json"
_LOG = logging.getLogger("congvan.service")
_CODES = {413: "too_large", 401: "unauthorized", 403: "forbidden", 404: "not_found", 405: "method_not_allowed", 400: "bad_request", 406: "not_acceptable"}


class ErrorItem(BaseModel):
    """One cause."""

    code: str
    message: str
    remedy: str | None = None
    location: list[str] | None = None


class Problem(BaseModel):
    """What went wrong (RFC 9457), whether trying again may help, and what to do."""

    type: str = Field(examples=["urn:congvan:error:unreadable"])
    title: str
    status: int
    detail: str
    code: str = Field(examples=["unreadable"])
    retryable: bool
    request_id: str | None = None
    errors: list[ErrorItem] = Field(default_factory=list)


def error(code: str, message: str, remedy: str, status: int, *, retryable: bool = False) -> CongvanError:
    """A CongvanError with its own code and status."""
    kind = type("ServiceError", (CongvanError,), {"code": code, "http_status": status, "retryable": retryable})
    made: CongvanError = kind(message, remedy=remedy, code=code)
    return made


def problem(request: Request, status: int, code: str, title: str, detail: str = "", *, retryable: bool = False,
            errors: list[dict[str, Any]] | None = None, headers: dict[str, str] | None = None) -> JSONResponse:
    """The answer for a failure."""
    return answer(getattr(request.state, "request_id", None), status, code, title, detail, retryable=retryable, errors=errors, headers=headers)


def answer(request_id: str | None, status: int, code: str, title: str, detail: str = "", *, retryable: bool = False,
           errors: list[dict[str, Any]] | None = None, headers: dict[str, str] | None = None) -> JSONResponse:
    """As :func:`problem`, where there is no request object."""
    body = {
        "type": f"urn:congvan:error:{code}", "title": title, "status": status, "detail": detail or title, "code": code, "retryable": retryable,
        "request_id": request_id, "errors": errors or [{"code": code, "message": title}],
    }
    headers = dict(headers or {})
    if status in (429, 503):
        headers.setdefault("Retry-After", "5")
    if status == 401:
        headers.setdefault("WWW-Authenticate", 'Bearer realm="congvan"')
    return JSONResponse(body, status_code=status, media_type=PROBLEM, headers=headers)


class Changed(CongvanError):
    """The thing is no longer as it was when the caller read it (If-Match)."""

    code = "changed_meanwhile"
    http_status = 412


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI entries for these failures, each with an example and its headers."""
    entries: dict[int | str, dict[str, Any]] = {}
    for status in statuses:
        code, title = _EXAMPLES[status]
        example = {"type": f"urn:congvan:error:{code}", "title": title, "status": status, "detail": title, "code": code,
                   "retryable": status in (408, 429, 503), "request_id": "3f1c9e0d5b7a4c21", "errors": [{"code": code, "message": title}]}
        entries[status] = {"description": title, "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}}}
        if status in (429, 503):
            entries[status]["headers"] = {"Retry-After": {"description": "Seconds after which trying again may help.", "schema": {"type": "integer"}}}
    return entries


_EXAMPLES = {
    400: ("invalid_cursor", "The cursor is not one of this archive."),
    401: ("unauthorized", "An API key is needed."),
    403: ("forbidden", "The key does not have the scope that this call needs."),
    404: ("not_found", "There is no such thing."),
    406: ("not_acceptable", "The answer is not made in the form that Accept asks for."),
    408: ("too_slow", "Nothing of the body came for too long."),
    409: ("conflict", "The state does not allow this."),
    412: ("changed_meanwhile", "The letter was changed since it was read."),
    413: ("too_large", "The file is larger, or has more pages, than is read."),
    415: ("unsupported_media_type", "This kind of file is not read."),
    422: ("unreadable", "The file cannot be read: empty, damaged, encrypted, no text; or the request is not as described."),
    429: ("too_many_requests", "Too many requests in this minute."),
    501: ("missing_program", "A program that this kind of file needs is not installed on the server."),
    503: ("busy", "Every reader is at work and the queue is full."),
}


def describe(app: FastAPI) -> None:
    """Give the OpenAPI description of ``app`` the schema of problems, to which :func:`documented` points."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        described = made()
        schemas = described.setdefault("components", {}).setdefault("schemas", {})
        if "Problem" not in schemas:
            own = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= own.pop("$defs", {})
            schemas["Problem"] = own
        return described

    app.openapi = openapi  # type: ignore[method-assign]


def _methods(app: FastAPI, request: Request) -> list[str]:
    """What may be done with a path: the methods of every route that fits it."""
    found: set[str] = set()
    for route in app.state.routes:
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE:
            found |= route.methods or set()
    return sorted(found)


def install(app: FastAPI) -> None:
    """Make every failure of ``app`` a problem."""

    @app.exception_handler(CongvanError)
    async def _foreseen(request: Request, error: CongvanError) -> JSONResponse:
        wait = getattr(error, "retry_after", None)
        return problem(request, error.http_status, error.error_code, error.message, error.remedy, retryable=error.retryable, errors=[error.as_dict()],
                       headers={"Retry-After": str(wait)} if wait else None)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        errors = [{"code": e["type"], "message": e["msg"], "location": list(map(str, e["loc"]))} for e in error.errors()]
        return problem(request, 422, "invalid_request", "The request is not as the API describes it.", "See /docs.", errors=errors)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        code = _CODES.get(error.status_code, "error")
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = ", ".join(_methods(app, request)) or headers.get("Allow", "")
        return problem(request, error.status_code, code, str(error.detail), headers=headers)

    @app.exception_handler(Exception)
    async def _defect(request: Request, error: Exception) -> JSONResponse:
        _LOG.error("defect", extra={"request_id": getattr(request.state, "request_id", None), "error": type(error).__name__})
        return problem(request, 500, "defect", "A defect of the service.", "Report the request id to the administrator.", retryable=True)

"""What routes share: settings, store, search index, reading processes, and who is calling.

A route names the scope that it needs in its signature and gets the caller:

    @router.get("/v1/letters", responses=failures(400))
    def letters(who: Reader, store: StoreDep) -> LetterList: ...

Scopes contain each other: ``admin`` may write, ``write`` may read.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_address
from typing import Annotated, Any, Literal, cast

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from pydantic import AfterValidator, StringConstraints, WithJsonSchema

from models.errors import CongvanError
from service import problems
from service.archive.store import Store
from service.ratelimits import RateLimiter
from service.runner import Runner
from service.settings import Settings
from service.worker import Workers

Scope = Literal["read", "write", "admin"]
_GRANTS: dict[str, frozenset[str]] = {
    "read": frozenset({"read"}), "write": frozenset({"read", "write"}), "admin": frozenset({"read", "write", "admin"}),
}
_bearer = HTTPBearer(auto_error=False, scheme_name="bearer", description="An API key (congvan keys create) as Authorization: Bearer KEY.")
_header = APIKeyHeader(name="X-API-Key", auto_error=False, scheme_name="key", description="An API key (congvan keys create).")


class Unauthorized(CongvanError):
    """No key, or one that is unknown or revoked."""

    code = "unauthorized"
    http_status = 401


class Forbidden(CongvanError):
    """The key lacks the scope, or the call comes from where it may not."""

    code = "forbidden"
    http_status = 403


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is calling: the id and name of the key (None and ``local`` where keys are off) and what it may do."""

    key_id: str | None
    name: str
    scopes: frozenset[str]

    @property
    def owner(self) -> str:
        """What jobs and webhooks are noted under."""
        return self.key_id or "local"


async def settings(request: Request) -> Settings:
    """The settings the service runs with."""
    return cast(Settings, request.app.state.settings)


async def store(request: Request) -> Store:
    """The archive."""
    return cast(Store, request.app.state.store)


async def workers(request: Request) -> Workers:
    """The reading processes."""
    return cast(Workers, request.app.state.workers)


async def runner(request: Request) -> Runner:
    """The queue at work."""
    return cast(Runner, request.app.state.runner)


async def request_id(request: Request) -> str:
    """The id that the answer bears in ``X-Request-Id``."""
    return str(request.state.request_id)


async def index(request: Request) -> Any:
    """The search index. Raises CongvanError (503) where the service runs without one."""
    found = getattr(request.app.state, "index", None)
    if found is None:
        raise problems.error("no_index", "The service runs without a search index.", "Run congvan reindex and start the service again.", 503, retryable=True)
    return found


SettingsDep = Annotated[Settings, Depends(settings)]
StoreDep = Annotated[Store, Depends(store)]
RunnerDep = Annotated[Runner, Depends(runner)]
WorkersDep = Annotated[Workers, Depends(workers)]


def _day(value: str) -> str:
    date.fromisoformat(value)
    return value


Day = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_day), WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-03-02"]})]
"""A day as ISO 8601 text, nothing that only looks like one (a number of seconds)."""


async def principal(
    request: Request, bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)], key: Annotated[str | None, Depends(_header)],
) -> Principal:
    """Who is calling, within the rate limit. Raises Unauthorized, Forbidden, TooManyRequests."""
    chosen = await settings(request)
    limiter = cast(RateLimiter, request.app.state.limiter)
    address = request.client.host if request.client else "unknown"
    if chosen.auth == "off":
        _only_this_machine(request, address)
        request.state.rate = limiter.hit("local")
        return Principal(None, "local", _GRANTS["admin"])
    token = bearer.credentials if bearer else key
    if not token:
        request.state.rate = limiter.hit_failure(address)
        raise Unauthorized("An API key is needed.", remedy="Send it as Authorization: Bearer KEY or X-API-Key; congvan keys create makes one.")
    limiter.check_failures(address)
    found = await run_in_threadpool((await store(request)).check_key, token)
    if found is None:
        request.state.rate = limiter.hit_failure(address)
        raise Unauthorized("The API key is unknown or was revoked.", remedy="Ask the administrator for a new one.")
    request.state.rate = limiter.hit(found.id)
    return Principal(found.id, found.name, frozenset().union(*(_GRANTS[scope] for scope in found.scopes)))


def require(scope: Scope) -> Callable[..., Awaitable[Principal]]:
    """A dependency: the caller, who may do what ``scope`` covers. Raises what :func:`principal` raises, and Forbidden."""

    async def allowed(who: Annotated[Principal, Depends(principal)]) -> Principal:
        if scope not in who.scopes:
            raise Forbidden(f"The key has no scope {scope!r}.", remedy="Use another key, or ask the administrator for one with that scope.")
        return who

    return allowed


Reader = Annotated[Principal, Depends(require("read"))]
Writer = Annotated[Principal, Depends(require("write"))]
Admin = Annotated[Principal, Depends(require("admin"))]


def failures(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI entries for what every route with a scope can answer, and for ``statuses``."""
    return problems.documented(*sorted({400, 401, 403, 422, 429, *statuses}))


def is_loopback(host: str) -> bool:
    """True for this machine's own addresses and ``localhost``."""
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _only_this_machine(request: Request, address: str) -> None:
    """Without keys only this machine may call, and no foreign page through the browser of somebody who sits at it."""
    if not is_loopback(address) or not is_loopback(request.url.hostname or ""):
        raise Forbidden("Without API keys the service answers this machine only.", remedy="Make a key (congvan keys create) and start the service without --no-auth.")
    if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        raise Forbidden("A page of another site may not call this service.", remedy="Open the service's own page.")

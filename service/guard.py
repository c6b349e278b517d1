"""The outermost layer of the service: request ids, security headers, limits on bodies, one log line a request.

Plain ASGI, so that answers stream and a body is refused while it arrives, not after. The log line holds method, route
pattern, status and time; never a query, a file name or anything of a letter.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service import problems
from service.settings import Settings

LOG = logging.getLogger("congvan.access")
UPLOADS = ("/v1/extract", "/v1/letters", "/v1/render")
SMALL_BODY = 1024 * 1024
"""Largest body of calls that upload nothing."""

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}
Observer = Callable[[str, str, int, float], None]
"""Called with method, route pattern, status and seconds when an answer is complete."""


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, settings: Settings, observe: Observer) -> None:
        self.app, self.settings, self.observe = app, settings, observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state: dict[str, Any] = scope.setdefault("state", {})
        state["request_id"] = secrets.token_hex(8)
        started, status = time.perf_counter(), 500
        limit = self._limit(scope)

        async def reply(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._dress(scope, state, MutableHeaders(scope=message))
            await send(message)

        read = 0

        async def take() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise HTTPException(413, f"The request is larger than {limit:,} bytes.")
            return message

        try:
            length = Headers(scope=scope).get("content-length", "0")
            if b"%00" in scope.get("query_string", b"") or "\0" in scope["path"]:
                answer = problems.answer(state["request_id"], 400, "bad_request", "The address holds a zero byte.", "Leave it out.")
                await answer(scope, receive, reply)
            elif length.isdigit() and int(length) > limit:
                answer = problems.answer(state["request_id"], 413, "too_large", f"The request is larger than {limit:,} bytes.", "Send fewer or smaller files in one request.")
                await answer(scope, receive, reply)
            else:
                await self.app(scope, take, reply)
        finally:
            self._note(scope, state, status, time.perf_counter() - started)

    def _limit(self, scope: Scope) -> int:
        if scope["method"] == "POST" and scope["path"] in UPLOADS:
            most = self.settings.max_request_bytes if scope["path"] == "/v1/letters" else self.settings.max_upload_bytes
            return most + 64 * 1024
        return SMALL_BODY

    def _dress(self, scope: Scope, state: dict[str, Any], headers: MutableHeaders) -> None:
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        headers["X-Request-Id"] = state["request_id"]
        if scope["path"].startswith("/v1/"):
            headers.setdefault("Cache-Control", "no-store")
        elif scope["path"].startswith("/static/"):
            headers.setdefault("Cache-Control", "no-cache")  # asked again by ETag: after an upgrade no old script meets a new page
        if (rate := state.get("rate")) is not None:
            headers.update(rate.headers())

    def _note(self, scope: Scope, state: dict[str, Any], status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "other")
        self.observe(scope["method"], route, status, seconds)
        LOG.info("request", extra={"fields": {
            "event": "request", "request_id": state["request_id"], "method": scope["method"], "route": route, "status": status, "ms": round(seconds * 1000, 1)}})

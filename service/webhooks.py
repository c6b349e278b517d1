"""Webhooks called: signed, with patience, and never into the network that the service stands in.

Signatures follow Standard Webhooks (standardwebhooks.com): ``webhook-signature: v1,BASE64(HMAC-SHA256(secret,
"ID.TIMESTAMP.BODY"))``. The name of the host is resolved anew for each call, every address it has must be public, and
the connection goes to the address that was checked, so that a name cannot point elsewhere in between. Redirects are not
followed: a receiver that moved is registered anew.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
import logging
import random
import socket
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import httpx

from models.errors import CongvanError
from service.archive.store import Store
from service.metrics import Metrics
from service.settings import Settings

_LOG = logging.getLogger("congvan.webhooks")
_BACKOFF = (5.0, 30.0, 120.0, 600.0, 3600.0, 6 * 3600.0, 24 * 3600.0)
"""Seconds before the next attempt, after the first failure, the second …; the last one ends it."""
_POLL_SECONDS = 1.0
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class RefusedUrl(CongvanError):
    """A URL that webhooks may not call."""

    code = "refused_url"
    http_status = 422


def check_url(url: str, settings: Settings) -> list[str]:
    """The addresses of a webhook's host. Raises RefusedUrl when the URL, or one of its addresses, may not be called."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise RefusedUrl("This is no URL.", remedy="Give https://HOST/PATH.") from error
    schemes = ("https", "http") if settings.webhook_private else ("https",)
    if parts.scheme not in schemes or not parts.hostname or not url.isascii() or any(c.isspace() or not c.isprintable() for c in url):
        raise RefusedUrl(f"A webhook's URL begins with {' or '.join(s + '://' for s in schemes)} and names a host, in ASCII.", remedy="Give https://HOST/PATH.")
    if parts.username is not None or parts.password is not None:
        raise RefusedUrl("A webhook's URL holds no password.", remedy="Check the signature of the call instead.")
    try:
        found = socket.getaddrinfo(parts.hostname, port or (443 if parts.scheme == "https" else 80), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise RefusedUrl("The host of the URL is not known.", remedy="Check its name.") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not settings.webhook_private and not all(is_public(address) for address in addresses):
        raise RefusedUrl("The host of the URL is in a private network.", remedy="Use a public host, or set CONGVAN_WEBHOOK_PRIVATE where that network is meant.")
    return addresses


def is_public(address: str) -> bool:
    """True for an address of the public internet, also by the look of one that wraps an IPv4 address."""
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.teredo is not None:
            return False
        inner = ip.ipv4_mapped or ip.sixtofour or (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None)
        if inner is not None:
            ip = inner
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def sign(secret: str, id: str, timestamp: int, body: bytes) -> str:
    """The value of ``webhook-signature``. ``secret`` is ``whsec_`` and base64, as Standard Webhooks writes it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.new(key, f"{id}.{timestamp}.".encode() + body, hashlib.sha256).digest()).decode()


class Deliverer:
    """Calls webhooks in a thread of its own while the service runs."""

    def __init__(self, store: Store, settings: Settings, metrics: Metrics) -> None:
        self.store, self.settings, self.metrics = store, settings, metrics
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; a call under way is waited for."""
        self._stop.set()
        self._thread.join(self.settings.webhook_seconds + 5)

    def _run(self) -> None:
        pruned = 0.0
        while not self._stop.wait(_POLL_SECONDS):
            try:
                if time.monotonic() - pruned > 3600 or not pruned:
                    self.store.prune_deliveries()
                    pruned = time.monotonic()
                for delivery in self.store.due_deliveries(hold_seconds=20 * (self.settings.webhook_seconds + 5)):
                    if not self._stop.is_set():
                        self.deliver(delivery)
            except Exception:
                _LOG.error("webhooks stumbled", exc_info=True, extra={"event": "webhook_error"})

    def deliver(self, delivery: dict[str, Any]) -> bool:
        """Call one webhook and note the outcome; True when it was taken."""
        status, error = None, None
        try:
            status = self._call(delivery)
            if not 200 <= status < 300:
                error = f"The receiver answered {status}" + (" (redirects are not followed)" if 300 <= status < 400 else "")
        except CongvanError as refused:
            error = refused.message
        except httpx.HTTPError as failed:
            error = type(failed).__name__
        ok = error is None
        attempt = delivery["attempts"]
        wait = None if ok or status == 410 or attempt >= min(len(_BACKOFF), self.settings.webhook_attempts - 1) else _BACKOFF[attempt] * self.settings.webhook_patience * random.uniform(0.8, 1.2)
        self.store.delivery_result(delivery["id"], ok=ok, status=status, error=error, retry_in=wait)
        if status == 410:
            self.store.disable_webhook(delivery["webhook_id"])
        self.metrics.webhooks.labels("done" if ok else "retried" if wait is not None else "failed").inc()
        return ok

    def _call(self, delivery: dict[str, Any]) -> int:
        """One POST; the status of the answer, whose body is not read."""
        url = delivery["url"]
        address = check_url(url, self.settings)[0]
        parts = urlsplit(url)
        host = parts.hostname or ""
        body = json.dumps(delivery["payload"], ensure_ascii=False, separators=(",", ":")).encode()
        stamp = int(time.time())
        literal = f"[{address}]" if ":" in address else address
        pinned = parts._replace(netloc=literal + (f":{parts.port}" if parts.port else ""), fragment="").geturl()
        headers = {
            "Host": parts.netloc, "Content-Type": "application/json", "User-Agent": "congvan-webhooks/1",
            "webhook-id": delivery["id"], "webhook-timestamp": str(stamp), "webhook-signature": sign(delivery["secret"], delivery["id"], stamp, body),
        }
        with httpx.Client(trust_env=False, follow_redirects=False, timeout=self.settings.webhook_seconds) as client, client.stream(
            "POST", pinned, content=body, headers=headers, extensions={"sni_hostname": host},
        ) as answer:
            return answer.status_code

"""Limits on how often a key or an address may call, in the memory of the process (library ``limits``, moving window)."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from models.errors import CongvanError


class TooManyRequests(CongvanError):
    """The caller's limit is used up; ``retry_after`` seconds free a place."""

    code = "too_many_requests"
    http_status = 429
    retryable = True

    def __init__(self, retry_after: int, limit: RateLimitItem) -> None:
        super().__init__(f"More than {limit.amount} requests in {limit.get_expiry()} seconds.", remedy=f"Try again in {retry_after} seconds.")
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Rate:
    """What the answer says in ``RateLimit`` and ``RateLimit-Policy``."""

    amount: int
    window: int
    remaining: int
    reset: int

    def headers(self) -> dict[str, str]:
        """The header fields of the IETF draft."""
        return {"RateLimit-Policy": f'"default";q={self.amount};w={self.window}', "RateLimit": f'"default";r={self.remaining};t={self.reset}'}


class RateLimiter:
    """``rate`` and ``failed`` as ``limits`` writes them: "600/minute". An empty text means no limit."""

    def __init__(self, rate: str, failed: str) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._rate = parse(rate) if rate else None
        self._failed = parse(failed) if failed else None

    def hit(self, caller: str) -> Rate | None:
        """Count a request. Raises TooManyRequests."""
        return self._hit(self._rate, "call", caller)

    def hit_failure(self, address: str) -> Rate | None:
        """Count a refused key, so that keys cannot be guessed at speed. Raises TooManyRequests."""
        return self._hit(self._failed, "failed", address)

    def check_failures(self, address: str) -> None:
        """Raises TooManyRequests when the address has sent too many wrong keys."""
        if self._failed is not None and not self._limiter.test(self._failed, "failed", address):
            raise TooManyRequests(self._reset(self._failed, "failed", address), self._failed)

    def _hit(self, limit: RateLimitItem | None, *names: str) -> Rate | None:
        if limit is None:
            return None
        if not self._limiter.hit(limit, *names):
            raise TooManyRequests(self._reset(limit, *names), limit)
        stats = self._limiter.get_window_stats(limit, *names)
        return Rate(limit.amount, limit.get_expiry(), stats.remaining, self._reset(limit, *names))

    def _reset(self, limit: RateLimitItem, *names: str) -> int:
        return max(1, math.ceil(self._limiter.get_window_stats(limit, *names).reset_time - time.time()))

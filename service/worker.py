"""Reading in processes of its own: a hostile file ends its process, never the service.

Pebble's process pool is used because it ends the process of a task that takes too long and replaces one that dies,
while the tasks of the other processes go on; the standard pool breaks as a whole.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from typing import Any

from pebble import ProcessExpired, ProcessPool

from models.errors import CongvanError, ReadingTimeout, UnreadableInput
from service import problems
from service.settings import Settings

_SPLIT = "Open the file, print it to a new PDF and try again; split it where it is long."


class Busy(CongvanError):
    """Every process is at work and the queue is full."""

    code = "busy"
    http_status = 503
    retryable = True


@dataclass(frozen=True, slots=True)
class Failure:
    """A CongvanError as it crosses from a worker: what a client needs to know of it."""

    code: str
    message: str
    remedy: str
    http_status: int
    retryable: bool

    def error(self) -> CongvanError:
        """The error to raise in the service."""
        return problems.error(self.code, self.message, self.remedy, self.http_status, retryable=self.retryable)


def reading_options(settings: Settings) -> dict[str, Any]:
    """What the workers pass to reading."""
    return {
        "max_bytes": settings.max_upload_bytes, "max_pages": settings.max_pages, "ocr": settings.ocr, "ocr_quality": settings.ocr_quality,
        "total_seconds": max(1.0, settings.letter_seconds * 0.9),
    }


class Workers:
    """The reading processes. ``run`` waits for a function of :mod:`service.worker` to finish in one of them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self.under_way = 0
        self.died = 0
        self._pool = ProcessPool(
            max_workers=settings.workers, max_tasks=settings.worker_letters, context=multiprocessing.get_context("spawn"),
            initializer=_start, initargs=[settings.worker_memory_bytes],
        )

    @property
    def ready(self) -> bool:
        """True while work is taken."""
        return bool(self._pool.active)

    async def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """The result of ``function``. Raises Busy, ReadingTimeout, UnreadableInput (the process died) or the function's CongvanError."""
        with self._lock:
            if self.under_way >= self.settings.workers + self.settings.queue:
                raise Busy("Every reader is at work and the queue is full.", remedy="Try again after the time in Retry-After.")
            self.under_way += 1
        try:
            future = self._pool.schedule(function, args=list(arguments), timeout=self.settings.letter_seconds)
            result = await asyncio.wrap_future(future)
        except (FutureTimeout, TimeoutError) as error:
            raise ReadingTimeout(f"Reading took longer than {self.settings.letter_seconds:.0f} s and was stopped.", remedy=_SPLIT) from error
        except ProcessExpired as error:
            self.died += 1
            raise UnreadableInput("Reading this file ended the process that read it (out of memory or a fault in a library).", remedy=_SPLIT, code="worker_died") from error
        except MemoryError as error:
            raise problems.error("too_large", "Reading this file needs more memory than one letter may use.", _SPLIT, 413) from error
        finally:
            with self._lock:
                self.under_way -= 1
        if isinstance(result, Failure):
            raise result.error()
        return result

    def close(self) -> None:
        """End the processes."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()


def _start(memory: int) -> None:
    import os
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["OMP_THREAD_LIMIT"] = "1"
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):  # no such limits on this system
        return


# --- what runs in the workers -----------------------------------------------------------------------------------------


def warm() -> bool:
    """Import the pipeline, so that the first letter does not wait for it."""
    import models.pipeline  # noqa: F401

    return True


def extract_json(data: bytes, filename: str | None, reading: dict[str, Any]) -> dict[str, Any] | Failure:
    """The extraction of one letter as plain objects, or the failure."""
    from models.pipeline import ExtractOptions, extract
    from models.reading import ReadOptions

    try:
        return extract(data, filename, options=ExtractOptions(reading=ReadOptions(**reading))).to_dict()
    except CongvanError as error:
        return _failure(error)


def page_picture(data: bytes, filename: str | None, page: int, width: int, rotation: int) -> bytes | Failure:
    """One page as PNG, or the failure."""
    from service.page_images import page_png

    try:
        return page_png(data, page, width=width, rotation=rotation, filename=filename)
    except CongvanError as error:
        return _failure(error)


def _failure(error: CongvanError) -> Failure:
    return Failure(error.error_code, error.message, error.remedy, error.http_status, error.retryable)

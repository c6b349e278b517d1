"""Reading in processes of its own: a hostile file ends its process, never the service.

Pebble's process pool is used because it ends the process of a task that takes too long and replaces one that dies,
while the tasks of the other processes go on; the standard pool breaks as a whole.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from models.errors import CongvanError, ReadingTimeout, UnreadableInput
from models.letter import Warning_
from service import problems
from service.settings import Settings

_SECRECY = "Văn bản có dấu chỉ độ mật: xử lý theo Luật Bảo vệ bí mật nhà nước."
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
        "trust_roots": tuple(p for p in settings.trust_roots.split(":") if p),
    }


class Workers:
    """The reading processes. ``run`` waits for a function of :mod:`service.worker`; ``submit`` and ``outcome`` do so in two steps."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self.under_way = 0
        self.died = 0
        self._pool = ProcessPool(
            max_workers=settings.workers, max_tasks=settings.worker_letters, context=multiprocessing.get_context("spawn"),
            initializer=_start, initargs=[settings.worker_memory_bytes],
        )
        self._warm = self._pool.schedule(warm)

    @property
    def ready(self) -> bool:
        """True once a process has read its first letter, while work is taken."""
        return bool(self._pool.active) and self._warm.done()

    @property
    def alive(self) -> bool:
        """True while work is taken."""
        return bool(self._pool.active)

    def submit(self, function: Callable[..., Any], *arguments: Any) -> ProcessFuture[Any]:
        """Start a function; there is no limit on how many wait, the caller keeps one. Cancelling the future ends its process."""
        future: ProcessFuture[Any] = self._pool.schedule(function, args=list(arguments), timeout=self.settings.letter_seconds)
        return future

    def outcome(self, future: Future[Any]) -> Any:
        """The result of a finished future. Raises ReadingTimeout, UnreadableInput (the process died) or the function's CongvanError."""
        try:
            result = future.result(0)
        except (FutureTimeout, TimeoutError) as error:
            raise ReadingTimeout(f"Reading took longer than {self.settings.letter_seconds:.0f} s and was stopped.", remedy=_SPLIT) from error
        except ProcessExpired as error:
            self.died += 1
            raise UnreadableInput("Reading this file ended the process that read it (out of memory or a fault in a library).", remedy=_SPLIT, code="worker_died") from error
        except MemoryError as error:
            raise problems.error("too_large", "Reading this file needs more memory than one letter may use.", _SPLIT, 413) from error
        if isinstance(result, Failure):
            raise result.error()
        return result

    async def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """The result of ``function``. Raises Busy, and what :meth:`outcome` raises."""
        with self._lock:
            if self.under_way >= self.settings.workers + self.settings.queue:
                raise Busy("Every reader is at work and the queue is full.", remedy="Try again after the time in Retry-After.")
            self.under_way += 1
        try:
            future = self.submit(function, *arguments)
            with suppress(Exception):  # outcome() tells what went wrong; a cancelled caller is no Exception and goes on up
                await asyncio.wrap_future(future)
            return self.outcome(future)
        finally:
            with self._lock:
                self.under_way -= 1

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
        pass
    threading.Thread(target=_end_with_the_service, daemon=True).start()
    warm()
    gc.collect()
    gc.freeze()  # lexicons and weights stay for good: the collector need not walk them again and again


def _end_with_the_service() -> None:
    """A service that is killed takes its reading processes along."""
    import os

    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


# --- what runs in the workers -----------------------------------------------------------------------------------------


def warm() -> bool:
    """Read a few lines, so that code and weights are loaded before the first letter."""
    from models.pipeline import extract

    with suppress(CongvanError):
        extract(_SAMPLE.encode(), "warm.txt")
    return True


_SAMPLE = """UBND TỈNH A        CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Số: 1/UBND-VX        A, ngày 02 tháng 01 năm 2024
Kính gửi: Sở B.
Sở B báo cáo kết quả trước ngày 20/01/2024.
"""


def extract_letter(source: bytes | str, filename: str | None, reading: dict[str, Any], candidates: bool = False, lines: bool = False) -> tuple[bytes, bool] | Failure:
    """The extraction of one letter as JSON, and whether it bears a secrecy mark; or the failure.

    ``source``: bytes, or a path. ``candidates``: with the readings that lost. ``lines``: with the boxes of lines and words, as an archive keeps them.
    """
    from models.pipeline import ExtractOptions, extract
    from models.reading import ReadOptions, read_bytes

    try:
        data = source if isinstance(source, bytes) else read_bytes(Path(source))
        letter = extract(data, filename, options=ExtractOptions(reading=ReadOptions(**reading), candidates=candidates, lines=lines))
    except CongvanError as error:
        return _failure(error)
    if letter.secrecy is not None:
        letter.warnings.append(Warning_(code="secrecy", message=_SECRECY, page=letter.secrecy.page))
    return letter.model_dump_json(by_alias=True).encode(), letter.secrecy is not None


def page_picture(source: bytes | str, filename: str | None, page: int, width: int, rotation: int, boxes: list[Any] | None = None) -> bytes | Failure:
    """One page as PNG, with ``boxes`` (:data:`service.page_images.Frame`) framed, or the failure."""
    from models.reading import read_bytes
    from service.page_images import page_png

    try:
        data = source if isinstance(source, bytes) else read_bytes(Path(source))
        return page_png(data, page, width=width, rotation=rotation, filename=filename, boxes=boxes or [])
    except CongvanError as error:
        return _failure(error)


def _failure(error: CongvanError) -> Failure:
    return Failure(error.error_code, error.message, error.remedy, error.http_status, error.retryable)

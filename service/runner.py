"""The queue at work: files of jobs are claimed, read in the reading processes, and stored, each exactly once.

Why no queue library: one was looked for that keeps its queue in SQLite and in PostgreSQL alike. Procrastinate and
PgQueuer need PostgreSQL; Huey has SQLite and PostgreSQL storage but takes a task off the queue before it runs, so a kill
loses it; APScheduler 4 (SQLAlchemy stores) is a pre-release; Celery and Dramatiq need a broker beside the database. And
none of them can commit "the letter is stored" and "the file is done" in one transaction, because their queue is not ours:
a kill between the two would read a file twice or lose it. So the queue is two tables of the archive
(:mod:`service.archive.jobstore`: claim with a lease, heartbeat, finish) through SQLAlchemy, and processes are pebble's.

One thread does all the work on the database; the reading processes only read. ``kill -9`` at any moment: what was not
finished is still ``running`` in the table and goes back into the queue at the next start, or, where several services
share a database, when its heart has been silent for ``CONGVAN_LEASE_SECONDS``.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import queue
import secrets
import threading
import time
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy.exc import InterfaceError, OperationalError

from models.errors import CongvanError
from service import problems, worker
from service.archive.errors import LeaseLost, NotFound
from service.archive.records import Claim
from service.archive.store import Store
from service.metrics import Metrics
from service.settings import Settings
from service.worker import Workers

_LOG = logging.getLogger("congvan.jobs")
_BATCH = 16
"""Most letters stored in one transaction."""
_IDLE_SECONDS = 1.0


@dataclass(slots=True)
class _Work:
    claim: Claim
    future: Future[Any]
    started: float


class Runner:
    """Takes files off the queue while the service runs."""

    def __init__(self, store: Store, workers: Workers, settings: Settings, metrics: Metrics) -> None:
        self.store, self.workers, self.settings, self.metrics = store, workers, settings, metrics
        self._done: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._work: dict[int, _Work] = {}
        self._stop = threading.Event()
        self._watchers: dict[str, set[tuple[asyncio.AbstractEventLoop, asyncio.Event]]] = {}
        self._watch_lock = threading.Lock()
        self._lock_file: IO[str] | None = None
        self.name = f"{_instance(store.directory)}-{os.getpid()}-{secrets.token_hex(3)}"
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
        self._heart = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Take back what a killed service left, then work."""
        if self._alone():
            taken = self.store.requeue_stale(worker=_instance(self.store.directory))
            swept = self.store.sweep()
            if taken or swept:
                _LOG.info("taken up again", extra={"fields": {"event": "resume", "files": taken, "leftovers": swept}})
        self._thread.start()
        self._heart.start()

    def stop(self) -> None:
        """Give unfinished files back to the queue and end."""
        self._stop.set()
        self.wake()
        self._thread.join(30)
        self._heart.join(5)
        if self._lock_file is not None:
            self._lock_file.close()

    @property
    def alive(self) -> bool:
        """True while files are taken off the queue."""
        return self._thread.is_alive()

    def wake(self) -> None:
        """There is something new in the queue."""
        self._done.put(None)

    async def wait(self, job_id: str, seconds: float) -> None:
        """Return when the job is over or ``seconds`` have passed."""
        loop, changed, deadline = asyncio.get_running_loop(), asyncio.Event(), time.monotonic() + seconds
        with self._watch_lock:
            self._watchers.setdefault(job_id, set()).add((loop, changed))
        try:
            while (left := deadline - time.monotonic()) > 0:
                job = await asyncio.to_thread(self.store.get_job, job_id)
                if job.finished_at is not None:
                    return
                try:  # another service on the same database may finish it: look now and then
                    await asyncio.wait_for(changed.wait(), min(left, 2.0))
                except TimeoutError:
                    continue
                changed.clear()
        finally:
            with self._watch_lock:
                self._watchers[job_id].discard((loop, changed))
                if not self._watchers[job_id]:
                    del self._watchers[job_id]

    # --- the thread ---------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        failures = 0
        while not self._stop.is_set():
            finished: list[_Work] = []
            try:
                self._take()
                finished = self._collect()
                self._finish(finished)
                failures = 0
            except Exception:
                failures += 1
                _LOG.error("the queue stumbled", exc_info=True, extra={"event": "queue_error"})
                self._stop.wait(min(30.0, 0.5 * 2**failures))
                for work in finished:  # the database may be back: what was read is not read again
                    if work.claim.file_id in self._work:
                        self._done.put(work.claim.file_id)
        for work in self._work.values():
            work.future.cancel()
            try:
                self.store.release(work.claim)
            except Exception:
                _LOG.error("a file was not given back", exc_info=True, extra={"event": "queue_error"})

    def _take(self) -> None:
        free = self.settings.workers + 2 - len(self._work)  # two wait, so that a process never does
        if free < 1 or not self.workers.ready:
            return
        for claim in self.store.claim_many(self.name, free):
            try:
                source = str(self.store.file_path(claim.sha256))
            except NotFound as error:
                self._fail(claim, error)
                continue
            future = self.workers.submit(worker.extract_letter, source, claim.filename, worker.reading_options(self.settings), False, True)
            self._work[claim.file_id] = _Work(claim, future, time.monotonic())
            future.add_done_callback(lambda _, id=claim.file_id: self._done.put(id))  # type: ignore[misc]

    def _collect(self) -> list[_Work]:
        """Wait for something to happen; the files that are read by now."""
        ids: set[int] = set()
        try:
            first = self._done.get(timeout=_IDLE_SECONDS)
            if first is not None:
                ids.add(first)
            while len(ids) < _BATCH:
                more = self._done.get_nowait()
                if more is not None:
                    ids.add(more)
        except queue.Empty:
            pass
        return [work for id in ids if (work := self._work.get(id)) is not None and work.future.done()]

    def _finish(self, finished: list[_Work]) -> None:
        results: list[tuple[Claim, dict[str, Any]]] = []
        for work in finished:
            try:
                text, secret = self.workers.outcome(work.future)
                if secret and self.settings.secret_letters == "refuse":
                    raise problems.error("secret_letter", "The letter bears a secrecy mark; this service does not take such letters.",
                                         "Handle it as the Law on Protection of State Secrets 2018 says.", 422)
                results.append((work.claim, json.loads(text)))
            except CancelledError:
                self._work.pop(work.claim.file_id, None)  # the job was cancelled, or the service ends
            except CongvanError as error:
                self._fail(work.claim, error)
            except Exception as error:  # a defect of reading must fail its letter, not the queue
                self._defect(work.claim, error)
        self._store(results)
        for work in finished:
            self._work.pop(work.claim.file_id, None)
            self.metrics.reading.observe(time.monotonic() - work.started)
        for job in {work.claim.job_id for work in finished}:
            self._tell(job)

    def _store(self, results: list[tuple[Claim, dict[str, Any]]]) -> None:
        """Store letters in one transaction; one that cannot be stored fails alone. Raises what a database says that is not there."""
        if not results:
            return
        try:
            ids = self.store.finish_many(results)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            if len(results) == 1:
                self._defect(results[0][0], error)
                return
            for result in results:
                self._store([result])
            return
        self.metrics.letters.labels("done").inc(sum(id is not None for id in ids))

    def _defect(self, claim: Claim, error: Exception) -> None:
        _LOG.error("a letter failed by a defect", exc_info=error, extra={"event": "defect", "job": claim.job_id})
        self._fail(claim, problems.error("defect", f"A defect of the service ({type(error).__name__}).", "Report the file to the maintainers.", 500))

    def _fail(self, claim: Claim, error: CongvanError) -> None:
        try:
            self.store.fail(claim, error, again=error.error_code == "worker_died")
            self.metrics.letters.labels("failed").inc()
            if error.error_code == "secret_letter":
                self.store.drop_unread(claim.sha256)
        except LeaseLost:
            pass
        self._work.pop(claim.file_id, None)
        self._tell(claim.job_id)

    def _tell(self, job_id: str) -> None:
        with self._watch_lock:
            watchers = list(self._watchers.get(job_id, ()))
        for loop, changed in watchers:
            if not loop.is_closed():
                loop.call_soon_threadsafe(changed.set)

    def _beat(self) -> None:
        """Say that the claimed files are being read; stop those that are no longer ours; take up what others let fall."""
        every = self.settings.lease_seconds / 4
        while not self._stop.wait(min(every, 5.0)):
            try:
                held = {work.claim.file_id: work for work in list(self._work.values())}
                for claim in self.store.heartbeats([work.claim for work in held.values()]):
                    held[claim.file_id].future.cancel()
                if self.store.requeue_stale(self.settings.lease_seconds):
                    self.wake()
            except Exception:
                _LOG.error("the heart stumbled", exc_info=True, extra={"event": "queue_error"})

    def _alone(self) -> bool:
        """True when no other service works in this data folder."""
        try:
            import fcntl

            self._lock_file = (self.store.directory / "service.lock").open("w")
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (ImportError, OSError):
            return False
        return True


def _instance(directory: Path) -> str:
    """A name for services of this data folder on this machine: made once, kept in the folder."""
    path = directory / "instance"
    try:
        name = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeError):
        name = ""
    if not (name.isalnum() and len(name) == 16):
        name = secrets.token_hex(8)
        path.write_text(name, encoding="ascii")
    return name

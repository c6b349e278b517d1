"""A bulk run: files are listed, skipped when done, read by all cores, and stored in batches.

A kill at any moment loses at most the batch under way, which the next run does again: a batch is one transaction, and a
file counts as seen only in the transaction that stores its letter. Memory does not grow with the number of files: the
list is read as it is needed, and only a few files a core are under way.
"""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from typing import Any

from models.errors import CongvanError
from service.archive.bulk.report import Report
from service.archive.bulk.sources import Item, Unlisted
from service.archive.bulk.work import Outcome, Task, work
from service.archive.bulkstore import Result
from service.archive.records import model_version
from service.archive.store import Store
from service.settings import Settings
from service.worker import Workers, reading_options

_CHUNK = 256
_BATCH = 64
_BATCH_SECONDS = 1.0
_LETTERS_A_PROCESS = 2000
"""Files after which a process is replaced at the earliest: starting one takes as long as reading a hundred text letters."""
_MOST_WAITING = 256
"""Results that may wait while a batch is stored."""
_AHEAD = 24
"""Files a process that wait for it: as many as it reads while a batch is stored. Only their names wait, so this costs no memory."""


class BulkRun:
    """One run over a list of files. ``workers``: reading processes that outlive the run (an inbox); without, it has its own."""

    def __init__(
        self, store: Store, settings: Settings, *, jobs: int, again: bool = False, tell: Callable[[Report], None] | None = None, workers: Workers | None = None,
    ) -> None:
        self.store, self.settings = store, settings.model_copy(update={"workers": jobs, "worker_letters": max(settings.worker_letters, _LETTERS_A_PROCESS)})
        self._shared = workers
        self.jobs, self.again, self.tell = jobs, again, tell
        self.report = Report()
        self.task = Task(
            url=store.url, files=str(store.blobs.root), limit=settings.max_upload_bytes, model=model_version(), reading=reading_options(settings),
            refuse_secret=settings.secret_letters == "refuse", again=again,
        )
        self._stop = threading.Event()
        self._pending: list[Result] = []
        self._committed = time.monotonic()
        self._storing = ThreadPoolExecutor(1, thread_name_prefix="bulk-store")
        self._stored: tuple[list[Result], Future[dict[str, str]]] | None = None
        """The batch that is being stored, while the next one is read."""

    def stop(self) -> None:
        """End after the files under way; what is done stays done."""
        self._stop.set()

    def run(self, items: Iterable[Item | Unlisted]) -> Report:
        """Do all files; returns the report."""
        similar = self.store.count_similar()
        with self._storing:
            self._read(self._todo(items))
            self._store(force=True)
        self.report.stopped = self._stop.is_set()
        self.report.near_duplicates = max(0, self.store.count_similar() - similar)
        self.report.seconds = time.monotonic() - self.report.started
        self._tell()
        return self.report

    def _read(self, todo: Iterator[Item]) -> None:
        """Read the files in processes of this machine."""
        workers = self._shared
        under: dict[int, tuple[Item, Any]] = {}
        done: queue.SimpleQueue[int] = queue.SimpleQueue()
        number = 0
        try:
            while True:
                room = self.jobs * _AHEAD - len(under)
                for item in islice(todo, room) if room and not self._stop.is_set() else ():
                    workers = workers or Workers(self.settings)
                    future = workers.submit(work, item, self.task)
                    under[number] = item, future
                    future.add_done_callback(lambda _, n=number: done.put(n))  # type: ignore[misc]
                    number += 1
                if self._stop.is_set():
                    _drop_waiting(under)
                if not under or workers is None:
                    break
                with suppress(queue.Empty):
                    found = done.get(timeout=_BATCH_SECONDS)
                    while True:
                        if found in under:  # not one that was dropped
                            self._finish(workers, *under.pop(found))
                        found = done.get_nowait()
                self._store(force=False)
                self._tell()
        finally:
            for _, future in under.values():
                future.cancel()
            if workers is not None and workers is not self._shared:
                workers.close()

    def _todo(self, items: Iterable[Item | Unlisted]) -> Iterator[Item]:
        """The files that must be read; what was done before is counted and skipped."""
        source = iter(items)
        while chunk := list(islice(source, _CHUNK)):
            self.report.listed += len(chunk)
            found = [item for item in chunk if isinstance(item, Item)]
            for item in chunk:
                if isinstance(item, Unlisted):
                    self._pending.append(Result(item.name, item.name, 0, "", None, error=item.error.as_dict()))
            seen = {} if self.again else self.store.seen([item.name for item in found])
            for item in found:
                known = seen.get(item.name)
                if known and known[:2] == (item.size, item.stamp) and (known[2] == "letter" or known[3] == self.task.model):
                    self.report.add("unchanged" if known[2] == "letter" else "bad")
                    self._tell()
                else:
                    yield item
        self.report.listing_done = True

    def _finish(self, workers: Workers, item: Item, future: Any) -> None:
        try:
            outcome: Outcome = workers.outcome(future)
        except CongvanError as error:  # too slow, or it killed its process
            outcome = Outcome("failed", None, item.size, error=error.as_dict())
        self._result(item, outcome)

    def _result(self, item: Item, outcome: Outcome) -> None:
        self.report.bytes_read += outcome.size
        if outcome.kind == "bad":
            self.report.add("bad")
            return
        data = json.loads(outcome.extraction) if outcome.extraction else None
        self._pending.append(Result(item.name, item.shown, item.size, item.stamp, outcome.sha256, outcome.part, data, outcome.error, item.stored is None, self.again))

    def _store(self, *, force: bool) -> None:
        """Store what is there when it is a batch, or late. One batch is stored at a time; only ``force``, or many results that wait, wait for its end."""
        if self._stored is not None and (force or self._stored[1].done() or len(self._pending) >= _MOST_WAITING):
            batch, storing = self._stored
            self._stored = None
            self._count(batch, storing.result())
            self._committed = time.monotonic()
        late = time.monotonic() - self._committed > _BATCH_SECONDS
        if self._stored is None and self._pending and (force or late or len(self._pending) >= _BATCH):
            batch, self._pending = self._pending, []
            self._stored = batch, self._storing.submit(self._take_in, batch)
            if force:
                self._store(force=True)

    def _take_in(self, batch: Sequence[Result]) -> dict[str, str]:
        try:
            return self.store.take_in(batch)
        except Exception as error:
            if len(batch) > 1:  # one result spoils the batch: store each alone, to find which
                became: dict[str, str] = {}
                for result in batch:
                    became |= self._take_in([result])
                return became
            if _is_of_the_archive(error):
                raise
            problem = {"code": "not_stored", "message": f"The letter was read but could not be stored ({type(error).__name__})", "remedy": "Please report the file."}
            self.store.put_aside(Result(batch[0].name, batch[0].filename, batch[0].size, batch[0].stamp, batch[0].sha256, error=problem, listed=batch[0].listed))
            return {batch[0].name: "quarantined"}

    def _count(self, batch: Sequence[Result], became: dict[str, str]) -> None:
        for result in batch:
            what = became[result.name]
            if what == "duplicate" and not result.listed:
                what = "same"
            cause = str((result.error or {}).get("code") or "not_stored") if what == "quarantined" else None
            self.report.add(what, cause=cause)

    def _tell(self) -> None:
        if self.tell:
            self.tell(self.report)


def _is_of_the_archive(error: Exception) -> bool:
    """True for what no other file would help: the disk is full, the database is gone."""
    from sqlalchemy.exc import DatabaseError, DataError, IntegrityError

    return isinstance(error, OSError) or (isinstance(error, DatabaseError) and not isinstance(error, DataError | IntegrityError))


def stored_items(store: Store, *, all_versions: bool = False, chunk: int = 500) -> Iterator[Item]:
    """The archive's own files, for re-extraction: those of letters that another version of the model has read, or all."""
    last = ""
    while rows := store.stale_letters(last, chunk, all_versions=all_versions):
        for id, sha256, filename in rows:
            yield Item(f"archive:{id}", 0, "", stored=str(store.blobs.path(sha256)), filename=filename or f"{id}")
        last = rows[-1][0]


def _drop_waiting(under: dict[int, tuple[Item, Any]]) -> None:
    """Take back the files that no process has begun: the next run reads them."""
    for number, (_, future) in list(under.items()):
        if not future.running() and not future.done():
            del under[number]
            future.cancel()

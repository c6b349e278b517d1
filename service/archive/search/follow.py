"""Keeping the index in step with the store while a service runs."""

from __future__ import annotations

import logging
import threading

from service.archive.errors import SearchBusy
from service.archive.search.index import SearchIndex
from service.archive.store import Store

_LOG = logging.getLogger("congvan.search")
_STILL = 10
"""Looks without a change after which the index may be made anew to drop deleted letters."""
_SMALL = 20_000
"""Letters up to which that is done by itself; above, congvan reindex at a time of the administrator's choice."""


class Follower:
    """A thread that brings the index up to the store's last change every ``seconds``; several processes may each have one."""

    def __init__(self, index: SearchIndex, store: Store, seconds: float = 1.0) -> None:
        self._index, self._store, self._seconds = index, store, seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="search-index", daemon=True)

    def start(self) -> Follower:
        """Begin; returns itself."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End after the batch under way."""
        self._over.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        still = 0
        while not self._over.wait(self._seconds):
            try:
                still = 0 if self._index.update(self._store) else still + 1
                if still >= _STILL and self._index.remembers_deleted and self._index.size <= _SMALL:
                    self._index.rebuild(self._store)  # so that what was deleted for good is gone from the disk here too
            except SearchBusy:
                continue  # another process is doing it
            except Exception as error:
                _LOG.error("index_not_updated", extra={"error": type(error).__name__})
                self._over.wait(30)

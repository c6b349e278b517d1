"""A bulk run whose files are read by a Ray cluster: this machine lists, checks and stores, the nodes read.

Everything else is as on one machine: what is done is skipped, results go to the store in batches, each in one transaction,
and a run that is stopped or killed goes on where it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from service.archive import cluster
from service.archive.bulk.run import BulkRun
from service.archive.bulk.sources import Item, read_item
from service.archive.bulk.work import Outcome, known_already, taken
from service.archive.cluster import ClusterReport, extract_on_ray
from service.archive.store import Store
from service.settings import Settings
from service.worker import Failure


class ClusterRun(BulkRun):
    """One run over a list of files on the cluster at ``address`` (None: the one this process is connected to)."""

    def __init__(self, store: Store, settings: Settings, address: str | None, *, again: bool = False, tell: Callable[..., None] | None = None) -> None:
        super().__init__(store, settings, jobs=1, again=again, tell=tell)
        self.address = address
        self.cluster = ClusterReport()
        self._items: dict[str, Item] = {}
        self._held: dict[str, tuple[str, bytes]] = {}
        """Hash and bytes of the files under way: a few batches, as many as there are actors."""

    def _read(self, todo: Iterator[Item]) -> None:
        listed = (cluster.Item(item.name, item.shown, item.size, self._loader(item)) for item in todo if not self._stop.is_set())
        for found, result in extract_on_ray(listed, address=self.address, reading=self.task.reading, seconds_per_file=self.settings.letter_seconds, report=self.cluster):
            item = self._items.pop(found.key)
            digest, data = self._held.pop(found.key, (None, b""))
            if digest is None:  # it could not even be had
                assert isinstance(result, Failure)
                self._result(item, Outcome("failed", None, item.size, error=result.error().as_dict()))
            else:
                self._result(item, taken(item, data, digest, result, self.task))
            self._store(force=False)
            self._tell()

    def _loader(self, item: Item) -> Callable[[], bytes | None]:
        self._items[item.name] = item

        def load() -> bytes | None:
            data = read_item(item, self.task.limit)
            digest = hashlib.sha256(data).hexdigest()
            known = known_already(digest, len(data), self.task)
            if known is not None:
                self._result(self._items.pop(item.name), known)
                return None
            self._held[item.name] = digest, data
            return data

        return load

"""The documents of all letters of a store, made by several processes at once."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from typing import Any

from service.archive.store import Store

_CHUNK = 200
_FEW = 2000


def documents_of(store: Store, processes: int = 1, *, hide_secret: bool = False) -> Iterator[str]:
    """The index's documents as JSON, letter by letter; memory does not grow with the archive."""
    if processes <= 1 or store.count_letters() < _FEW:
        for chunk in store.letter_id_chunks(_CHUNK):
            yield from _documents(store, chunk, hide_secret)
        return
    chunks = store.letter_id_chunks(_CHUNK)
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn"), initializer=_open, initargs=(str(store.directory), store.url)) as pool:
        waiting = [pool.submit(_work, chunk, hide_secret) for chunk in islice(chunks, processes * 3)]
        while waiting:
            yield from waiting.pop(0).result()
            waiting.extend(pool.submit(_work, chunk, hide_secret) for chunk in islice(chunks, 1))


def _documents(store: Store, ids: list[str], hide_secret: bool) -> Iterator[str]:
    from service.archive.search.index import document_json

    for record in store.index_records(ids):
        if line := document_json(record, hide_secret=hide_secret):
            yield line


_here: dict[str, Any] = {}


def _open(directory: str, url: str) -> None:
    _here["store"] = Store.open(directory, url)


def _work(ids: list[str], hide_secret: bool) -> list[str]:
    return list(_documents(_here["store"], ids, hide_secret))

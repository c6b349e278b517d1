"""Is the archive whole: database, files, leftovers, schema, and the search index against it (``congvan doctor``)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from models.errors import CongvanError
from service.archive.search.index import SearchIndex
from service.archive.store import Store


def checkup(store: Store, *, deep: bool = False) -> list[dict[str, str]]:
    """What is wrong: ``{"code", "message", "remedy"}`` each; an empty list is health. ``deep`` also reads and hashes everything."""
    return [*store.doctor(deep=deep), *_index(store)]


def _index(store: Store) -> Iterator[dict[str, str]]:
    try:
        index = SearchIndex.open(store)
        behind = store.last_change() - index.seq
    except CongvanError as error:
        yield {"code": error.error_code, "message": error.message, "remedy": error.remedy}
        return
    if behind > 0:
        yield {"code": "index_behind", "message": f"The search index does not know the last {behind:,} changes", "remedy": "Run congvan doctor --mend; a running service does it by itself."}
        return
    if behind < 0:
        yield {"code": "index_ahead", "message": "The search index knows changes that the archive does not have (was a backup restored?)", "remedy": "Run congvan reindex."}
        return
    if index.remembers_deleted:
        yield {"code": "deleted_in_index", "message": "Files of the search index may still hold words of letters that were deleted for good", "remedy": "Run congvan reindex, or congvan doctor --mend."}
    missing, extra = _difference(store, index)
    if missing or extra:
        yield {"code": "index_differs", "message": f"The search index lacks {missing:,} letters and has {extra:,} that the archive has not", "remedy": "Run congvan reindex."}


def _difference(store: Store, index: SearchIndex) -> tuple[int, int]:
    """How many letters the index lacks, and how many it has too many."""
    known = index.ids()
    missing, extra = 0, len(known)
    for chunk in store.letter_id_chunks(1000, secret=not index.hide_secret):
        here = sum(id in known for id in chunk)
        missing += len(chunk) - here
        extra -= here
    return missing, extra


def mend(store: Store) -> Iterator[str]:
    """Put right what can be put right without a backup; says what was done."""
    count = store.sweep()
    if count:
        yield f"{count} leftovers of processes that were killed were removed"
    unknown = [sha256 for sha256 in store.blobs.names() if not store.has_file(sha256)]
    for sha256 in unknown:
        if not store.has_file(sha256):
            store.blobs.delete(sha256)
    if unknown:
        yield f"the bytes of {len(unknown)} files that the database does not know were removed ({', '.join(islice(unknown, 3))} …)"
    index = SearchIndex.open(store)
    if index.seq <= store.last_change() and (written := index.catch_up(store)):
        yield f"{written} letters were brought up to date in the search index"
    if index.seq > store.last_change() or index.remembers_deleted or any(_difference(store, index)):
        yield f"the search index was made anew with {index.rebuild(store)} letters"

"""The index on the disk and its upkeep: derived data, made again from the store at any time.

The number of the last change of the store that the index knows (``seq``) is a document of the index itself, so that it is
committed together with the letters, or not at all: after a kill at any moment :meth:`SearchIndex.update` goes on where
the last commit ended. One process at a time writes (Tantivy's lock); the others find out by themselves that it did.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import threading
import time
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import tantivy

from service.archive.errors import ArchiveDamaged, SearchBusy
from service.archive.search import documents, engine, ranking
from service.archive.search.documents import prepare, schema, to_fields, to_json
from service.archive.search.engine import Found, Hit
from service.archive.search.similar import similar
from service.archive.search.suggest import Suggestion, suggest
from service.archive.store import Store
from service.settings import Settings

META = "meta"
_HEAP = 128_000_000
_COMMIT_EVERY = 20_000
_DAMAGED = "Make the index anew from the store: congvan reindex."


@cache
def fingerprint() -> str:
    """What an index must have been made with: version of the fields, and the lexicon of abbreviations."""
    from models.lexicons import table

    rows = json.dumps(table("abbreviations"), ensure_ascii=False, sort_keys=True)
    return f"{documents.VERSION}-{hashlib.sha256(rows.encode()).hexdigest()[:12]}"


class SearchIndex:
    """The index of one archive, in ``<archive>/index``. Safe for several threads; several processes may read at once.

    ``hide_secret``: letters that bear a secrecy mark (mật, tối mật, tuyệt mật) are left out.
    """

    def __init__(self, path: Path, *, hide_secret: bool = False) -> None:
        self.path, self.hide_secret = path, hide_secret
        path.mkdir(parents=True, exist_ok=True)
        self._writing = threading.Lock()
        self._stamp: tuple[int, int] | None = None
        mark, made_with = path / "congvan.json", fingerprint() + ("-open" if hide_secret else "")
        if tantivy.Index.exists(str(path)) and _made_with(mark) != made_with:
            self._empty()
        if not tantivy.Index.exists(str(path)):
            mark.write_text(json.dumps({"made_with": made_with}))
        try:
            self.index = tantivy.Index(schema(), path=str(path))
        except ValueError as error:
            raise ArchiveDamaged(f"The search index cannot be opened: {error}", remedy=_DAMAGED) from error
        prepare(self.index)

    @classmethod
    def open(cls, store: Store, settings: Settings | None = None) -> SearchIndex:
        """The index of an archive; made when it is not there, emptied when another version of congvan made it.

        Whether letters under a secrecy mark are in it follows from ``settings`` (``CONGVAN_SECRET_LETTERS``). The index is
        not brought up to date here: call :meth:`update`.
        """
        return cls(store.directory / "index", hide_secret=(settings or Settings()).secret_letters != "flag")

    def _empty(self) -> None:
        for entry in self.path.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()

    def searcher(self) -> tantivy.Searcher:
        """A view of the newest commit, of whichever process."""
        with contextlib.suppress(FileNotFoundError):
            status = (self.path / "meta.json").stat()
            stamp = (status.st_mtime_ns, status.st_ino)
            if stamp != self._stamp:
                self.index.reload()
                self._stamp = stamp
        return self.index.searcher()

    @property
    def seq(self) -> int:
        """Number of the last change of the store that the index knows; 0 for an empty index."""
        searcher = self.searcher()
        query = tantivy.Query.term_query(self.index.schema, "id", META, "basic")
        hits = searcher.search(query, 1, count=False).hits
        return int(searcher.doc(hits[0][1]).get_first("seq") or 0) if hits else 0

    @property
    def size(self) -> int:
        """Letters in the index."""
        query = tantivy.Query.term_query(self.index.schema, "kind", "letter", "basic")
        return ranking.exactly(self.searcher(), query)

    def search(self, text: str, **options: Any) -> Found:
        """As :func:`service.archive.search.engine.search`."""
        return engine.search(self.searcher(), text, owner=id(self), **options)

    def suggest(self, typed: str, limit: int = 8) -> list[Suggestion]:
        """As :func:`service.archive.search.suggest.suggest`."""
        return suggest(self.searcher(), typed, limit)

    def similar(self, id: str, limit: int = 10) -> list[Hit]:
        """As :func:`service.archive.search.similar.similar`."""
        return similar(self.searcher(), id, limit)

    @contextlib.contextmanager
    def writer(self, threads: int = 1, *, patience: float = 0.0) -> Iterator[tantivy.IndexWriter]:
        """The writer. Raises SearchBusy when another process or thread still writes after ``patience`` seconds."""
        end = time.monotonic() + patience
        if not self._writing.acquire(timeout=patience):
            raise SearchBusy("The index is being written", remedy="Try again in a moment.")
        try:
            writer = self._locked(threads, end)
            try:
                yield writer
            except BaseException:
                with contextlib.suppress(Exception):
                    writer.rollback()
                raise
            finally:
                writer.wait_merging_threads()  # also lets go of the lock on the directory
        finally:
            self._writing.release()

    def _locked(self, threads: int, end: float) -> tantivy.IndexWriter:
        while True:
            try:
                return self.index.writer(_HEAP * threads, threads)
            except ValueError as error:
                if time.monotonic() >= end:
                    raise SearchBusy("Another process writes the index", remedy="Try again when it is done; its changes are seen at once.") from error
                time.sleep(0.05)

    def update(self, store: Store, *, batch: int = 500, patience: float = 0.0) -> int:
        """Bring the index up to the store's last change; returns the number of letters written or taken out.

        Raises SearchBusy when another process is doing so and is not done within ``patience`` seconds.
        """
        if not store.change_rows(self.seq, 1):
            return 0
        count = pending = 0
        with self.writer(patience=patience) as writer:
            seq = self.seq  # another process may have come first
            rows = store.change_rows(seq, batch)
            while rows:
                last = {row["letter_id"]: row["kind"] for row in rows}
                count += len(last)
                pending += len(last)
                for id in last:
                    writer.delete_documents_by_term("id", id)
                if "delete" in last.values():
                    self._deleted.touch()
                for record in store.index_records([id for id, kind in last.items() if kind != "delete"]):
                    if line := document_json(record, hide_secret=self.hide_secret):
                        writer.add_json(line)
                seq = rows[-1]["seq"]
                rows = store.change_rows(seq, batch)
                if pending >= _COMMIT_EVERY or not rows:
                    commit(writer, seq)
                    pending = 0
        self.index.reload()
        return count

    def catch_up(self, store: Store, patience: float = 10.0) -> int:
        """As :meth:`update`, waiting up to ``patience`` seconds for another process's writing to end."""
        return self.update(store, patience=patience)

    def follow(self, store: Store, *, processes: int = 1) -> int:
        """Bring the index up to date after a bulk run: by the changes, or, where most letters are new, made anew by ``processes``."""
        if processes > 1 and store.last_change() - self.seq > max(_COMMIT_EVERY, self.size):
            return self.rebuild(store, processes=processes)
        return self.catch_up(store, patience=60.0)

    def ids(self) -> set[str]:
        """The ids of all letters in the index."""
        found: set[str] = set()
        searcher = self.searcher()
        for start in range(16):
            found.update(id for id, _ in searcher.terms_with_prefix("id", f"{start:x}", tantivy.Query.all_query(), None))
        return found

    def rebuild(self, store: Store, *, processes: int = 1) -> int:
        """Make the whole index anew; the old one answers until the new one is committed. Returns the number of letters."""
        from service.archive.search.rebuild import documents_of

        seq = store.last_change()
        count = 0
        with self.writer(2 if processes > 1 else 1, patience=60.0) as writer:
            writer.delete_all_documents()
            for line in documents_of(store, processes, hide_secret=self.hide_secret):
                writer.add_json(line)
                count += 1
            commit(writer, seq)
            self._deleted.unlink(missing_ok=True)
            writer.garbage_collect_files()
        self.index.reload()
        self.update(store)
        return count

    @property
    def _deleted(self) -> Path:
        return self.path / "congvan.deleted"

    @property
    def remembers_deleted(self) -> bool:
        """True while files of the index may still hold words of letters deleted for good: it marks them, and drops them when it merges or is made anew."""
        return self._deleted.exists()


def document_json(record: dict[str, Any], *, hide_secret: bool = False) -> str | None:
    """The index's document of a record of :meth:`~service.archive.indexfeed.IndexFeed.index_records`; None for a letter that is hidden."""
    if hide_secret and (record["data"].get("secrecy") or {}).get("value"):
        return None
    return to_json(to_fields(record["id"], record["data"], added=record["added_at"], filename=record["filename"]))


def fill(index: SearchIndex, records: Iterable[tuple[str, dict[str, Any]]]) -> int:
    """An index of extractions that are in no store (for benchmarks); returns their number."""
    count = 0
    with index.writer() as writer:
        for id, data in records:
            writer.add_json(to_json(to_fields(id, data)))
            count += 1
        commit(writer, 0)
    index.index.reload()
    return count


def commit(writer: tantivy.IndexWriter, seq: int) -> None:
    """Commit, with the number of the last change that the index then knows."""
    writer.delete_documents_by_term("id", META)
    writer.add_json(to_json({"id": [META], "kind": [META], "seq": [seq]}))
    writer.commit()


def _made_with(mark: Path) -> str | None:
    try:
        found = json.loads(mark.read_text())
    except (OSError, ValueError):
        return None
    return found.get("made_with") if isinstance(found, dict) else None

"""The store's side of bulk runs: which files were seen, and many results stored in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from service.archive.blobs import Blobs
from service.archive.database import reading, writing
from service.archive.filestore import ensure_file, lock_files
from service.archive.letters import put_extraction
from service.archive.records import model_version, now
from service.archive.schema import letters, quarantine, seen_files, similar

Seen = Literal["letter", "bad"]


@dataclass(frozen=True, slots=True)
class Result:
    """A file's result on its way into the store; ``data`` for one that was read, ``error`` for one that was not."""

    name: str
    filename: str
    size: int
    stamp: str
    sha256: str | None
    part: str | None = None
    data: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
    listed: bool = True
    """False for files of the archive itself, which have no place outside."""
    renew: bool = False
    """A letter that is there gets a new extraction; otherwise the one that came first stays."""


class BulkStore:
    """Functions for bulk runs."""

    engine: Engine
    blobs: Blobs

    def seen(self, names: Sequence[str]) -> dict[str, tuple[int, str, str, str]]:
        """What is known of files by name: size, stamp, outcome ("letter" or "bad"), version of the model."""
        if not names:
            return {}
        columns = (seen_files.c.name, seen_files.c.size, seen_files.c.stamp, seen_files.c.outcome, seen_files.c.model_version)
        with reading(self.engine) as connection:
            return {row[0]: (row[1], row[2], row[3], row[4]) for row in connection.execute(select(*columns).where(seen_files.c.name.in_(names)))}

    def take_in(self, results: Iterable[Result]) -> dict[str, str]:
        """Store results in one transaction: a kill leaves all of them or none. Returns what became of each by name:
        "new", "changed" (a new extraction of a letter that was there), "duplicate" (the same bytes under another name,
        or read again with the same result), "quarantined".
        """
        became: dict[str, str] = {}
        results = list(results)
        self.blobs.sync_all(Path(result.part) for result in results if result.part is not None)
        with writing(self.engine) as connection:
            lock_files(connection)
            folders: set[Path] = set()
            for result in results:
                became[result.name] = self._take_in(connection, result, folders)
            self.blobs.sync_all(folders)  # before the commit: a letter that is known has its bytes
        return became

    def _take_in(self, connection: Connection, result: Result, folders: set[Path]) -> str:
        key = result.sha256 or hashlib.sha256(result.name.encode()).hexdigest()  # a file that could not be had is known by its name
        if result.error is not None:
            _put_bad(connection, key, result)
            return "quarantined"
        if result.sha256 is None:
            raise ValueError("a result without error has a hash")
        if result.data is None:  # known by its hash
            self._name(connection, result)
            return "duplicate"
        ensure_file(connection, result.sha256, result.size, None)
        if result.part is not None and (folder := self.blobs.place(Path(result.part), result.sha256, sync=False)):
            folders.add(folder)
        before = connection.execute(select(letters.c.generation).where(letters.c.sha256 == result.sha256)).scalar()
        if before is not None and not result.renew:  # two files of the same bytes were read at the same time
            self._name(connection, result)
            return "duplicate"
        put_extraction(connection, result.sha256, result.data, filename=result.filename, model=model_version())
        after = connection.execute(select(letters.c.generation).where(letters.c.sha256 == result.sha256)).scalar()
        connection.execute(delete(quarantine).where(quarantine.c.sha256 == key))
        self._name(connection, result)
        return "new" if before is None else "duplicate" if before == after else "changed"

    def _name(self, connection: Connection, result: Result) -> None:
        """Note where the file was seen. A letter seen in several places bears the first name, whichever came first."""
        if not result.listed:
            return
        others = connection.execute(select(seen_files.c.name).where(seen_files.c.sha256 == result.sha256, seen_files.c.name != result.name)).scalars().all()
        if others and result.name < min(others):
            connection.execute(update(letters).where(letters.c.sha256 == result.sha256).values(filename=result.filename))
        _note(connection, result, "letter")

    def put_aside(self, result: Result) -> None:
        """Quarantine one file whose result could not be stored."""
        with writing(self.engine) as connection:
            _put_bad(connection, result.sha256 or hashlib.sha256(result.name.encode()).hexdigest(), result)

    def forget_quarantined(self, names: Sequence[str] | None = None) -> int:
        """Take files off the quarantine list, so that the next run tries them again; all, or those named. Returns how many."""
        with writing(self.engine) as connection:
            if names is None:
                connection.execute(delete(seen_files).where(seen_files.c.outcome == "bad"))
                return connection.execute(delete(quarantine)).rowcount
            connection.execute(delete(seen_files).where(seen_files.c.outcome == "bad", seen_files.c.name.in_(names)))
            return connection.execute(delete(quarantine).where(quarantine.c.filename.in_(names))).rowcount

    def count_similar(self) -> int:
        """Pairs of near-duplicates."""
        with reading(self.engine) as connection:
            return connection.execute(select(func.count()).select_from(similar)).scalar() or 0

    def stale_letters(self, after: str, limit: int, *, all_versions: bool = False) -> list[tuple[str, str, str | None]]:
        """``(id, sha256, filename)`` of letters that another version of the model has read (or of all), in the order of ids."""
        query = select(letters.c.id, letters.c.sha256, letters.c.filename).where(letters.c.id > after).order_by(letters.c.id).limit(limit)
        if not all_versions:
            query = query.where(letters.c.model_version != model_version())
        with reading(self.engine) as connection:
            return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def _put_bad(connection: Connection, key: str, result: Result) -> None:
    connection.execute(delete(quarantine).where(quarantine.c.sha256 == key))
    connection.execute(insert(quarantine).values(
        sha256=key, filename=result.name, model_version=model_version(), error=json.dumps(result.error, ensure_ascii=False), at=now()))
    if result.listed:
        _note(connection, result, "bad")


def _note(connection: Connection, result: Result, outcome: Seen) -> None:
    connection.execute(delete(seen_files).where(seen_files.c.name == result.name))
    connection.execute(insert(seen_files).values(
        name=result.name, size=result.size, stamp=result.stamp, sha256=result.sha256, outcome=outcome, model_version=model_version(), at=now()))



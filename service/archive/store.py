"""The store of the archive: one object over database and files.

    store = Store.open()                       # CONGVAN_DATA, SQLite
    sha = store.add_file(data)
    store.put_extraction(sha, extract(data, "cv.pdf"))

Safe to use from several threads and processes. Parts: :mod:`~service.archive.filestore`, :mod:`~service.archive.letters`, :mod:`~service.archive.taskstore`,
:mod:`~service.archive.jobstore`, :mod:`~service.archive.accesstore`, :mod:`~service.archive.hookstore`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, insert, select, text

from service.archive.accesstore import AccessStore
from service.archive.blobs import Blobs
from service.archive.bulkstore import BulkStore
from service.archive.citations import CitationStore
from service.archive.database import current_revision, data_directory, migrate, open_engine, reading, writing
from service.archive.filestore import FileStore
from service.archive.hookstore import HookStore
from service.archive.indexfeed import IndexFeed
from service.archive.jobstore import JobStore
from service.archive.letters import LetterFilters, LetterStore
from service.archive.records import model_version, now, unpack
from service.archive.schema import extractions, files, job_files, letters, quarantine, similar, tasks
from service.archive.taskstore import TaskFilters, TaskStore

__all__ = ["LetterFilters", "Store", "TaskFilters"]


class Store(FileStore, LetterStore, CitationStore, TaskStore, JobStore, AccessStore, HookStore, IndexFeed, BulkStore):
    """Everything the archive keeps. ``directory`` holds files, the SQLite database and the search index."""

    def __init__(self, directory: Path, url: str) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.url = url
        self.engine = open_engine(url)
        self.blobs = Blobs(directory / "files")
        migrate(self.engine)

    @classmethod
    def open(cls, directory: Path | str | None = None, url: str | None = None) -> Store:
        """Open, or found, the archive in ``directory`` (default: ``CONGVAN_DATA``); ``url`` names another database."""
        place = data_directory(directory)
        return cls(place, url or f"sqlite:///{place / 'archive.db'}")

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def put_quarantine(self, sha256: str, filename: str, error: dict[str, Any]) -> None:
        """Note that this model cannot read a file, with the cause."""
        with writing(self.engine) as connection:
            connection.execute(delete(quarantine).where(quarantine.c.sha256 == sha256))
            connection.execute(insert(quarantine).values(sha256=sha256, filename=filename, model_version=model_version(), error=json.dumps(error, ensure_ascii=False), at=now()))

    def list_quarantine(self) -> list[dict[str, Any]]:
        """Files that could not be read, with cause, by name."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(quarantine).order_by(quarantine.c.filename, quarantine.c.sha256)).all()
        return [{**row._mapping, "error": json.loads(row.error)} for row in rows]

    def stats(self) -> dict[str, Any]:
        """Counts for a page of statistics: letters by type, year and issuer, tasks by state, files waiting."""
        def grouped(column: Any, limit: int = 200) -> dict[str, int]:
            rows = connection.execute(select(column, func.count()).group_by(column).order_by(func.count().desc(), column).limit(limit))
            return {str(row[0]) if row[0] is not None else "": row[1] for row in rows}

        with reading(self.engine) as connection:
            return {
                "letters": connection.execute(select(func.count()).select_from(letters)).scalar(),
                "pages": connection.execute(select(func.coalesce(func.sum(letters.c.page_count), 0))).scalar(),
                "bytes": int(connection.execute(select(func.coalesce(func.sum(files.c.size), 0))).scalar() or 0),
                "near_duplicates": connection.execute(select(func.count()).select_from(similar)).scalar(),
                "quarantine": connection.execute(select(func.count()).select_from(quarantine)).scalar(),
                "by_type": grouped(letters.c.type_code), "by_year": grouped(letters.c.year), "by_issuer": grouped(letters.c.issuer, 50),
                "tasks": grouped(tasks.c.status), "queue": grouped(job_files.c.state),
            }

    def doctor(self, *, deep: bool = False) -> list[dict[str, str]]:
        """Look for damage: ``{"code", "message", "remedy"}`` each; an empty list is health. ``deep`` also hashes every file."""
        found: list[dict[str, str]] = []

        def report(code: str, message: str, remedy: str) -> None:
            found.append({"code": code, "message": message, "remedy": remedy})

        with reading(self.engine) as connection:
            if connection.dialect.name == "sqlite":
                for row in connection.execute(text("PRAGMA integrity_check")):
                    if row[0] != "ok":
                        report("database_damaged", f"SQLite reports: {row[0]}", "Restore the database from a backup.")
                for row in connection.execute(text("PRAGMA foreign_key_check")):
                    report("dangling_row", f"A row of {row[0]} points to a missing row of {row[2]}", "Restore the database from a backup.")
            known = set(connection.execute(select(files.c.sha256)).scalars())
            for row in connection.execute(select(letters.c.id).where(~letters.c.id.in_(select(extractions.c.letter_id)))):
                report("no_extraction", f"Letter {row[0]} has no extraction", "Run congvan reextract.")
            ids = connection.execute(select(extractions.c.id)).scalars().all() if deep else []
            for number in ids:
                try:
                    unpack(connection.execute(select(extractions.c.data).where(extractions.c.id == number)).scalar_one())
                except Exception as error:
                    report("extraction_damaged", f"Extraction {number} cannot be read: {error}", "Run congvan reextract.")
        present = set(self.blobs.names())
        for sha256 in sorted(known - present):
            report("bytes_missing", f"The bytes of file {sha256} are missing", "Restore the folder files/ from a backup, or index the file again.")
        for sha256 in sorted(present - known):
            report("bytes_unknown", f"File {sha256} lies in the folder but not in the database", "Harmless: left by a process that was killed. Index it again or remove it.")
        if deep:
            for sha256 in sorted(known & present):
                try:
                    self.blobs.get(sha256)
                except Exception as error:
                    report("bytes_changed", str(error), "Restore the file from a backup.")
        if current_revision(self.engine) is None:
            report("no_schema", "The database has no schema", "Open it once with congvan.")
        return found

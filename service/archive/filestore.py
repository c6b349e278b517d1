"""The store's files: kept once under their SHA-256, taken over from uploads, deleted for good.

Adding and deleting the same bytes at the same time is decided by one lock: whoever comes second sees what the first did.
Deletion moves the bytes aside inside the transaction and removes them after it, so that a kill in between loses nothing:
:meth:`FileStore.sweep` puts back what the database still knows and removes the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, select, text, update

from service.archive.blobs import Blobs
from service.archive.database import forget, reading, writing
from service.archive.errors import ArchiveDamaged, Conflict, NotFound
from service.archive.records import now
from service.archive.schema import files, job_files, letters, quarantine

_FILES_LOCK = 7_016_902
_STATES_LEFT = ("queued", "running")


class FileStore:
    """Functions on files."""

    engine: Engine
    blobs: Blobs

    def add_file(self, data: bytes, media_type: str | None = None) -> str:
        """Keep bytes by their SHA-256, which is returned. The same bytes twice are kept once."""
        part, sha256 = self.blobs.write_part(data)
        self.adopt_files([(part, sha256, len(data))], media_type)
        return sha256

    def adopt_files(self, parts: Sequence[tuple[Path, str, int]], media_type: str | None = None) -> None:
        """Take over files already written, each as (path, SHA-256, size); on the disk for good before this returns."""
        for part, _, _ in parts:
            self.blobs.sync(part)
        with writing(self.engine) as connection:
            lock_files(connection)
            for part, sha256, size in parts:
                ensure_file(connection, sha256, size, media_type)
                self.blobs.place(part, sha256)

    def get_file(self, sha256: str) -> bytes:
        """The bytes of a file. Raises NotFound, or ArchiveDamaged when the disk has lost them."""
        self.file_path(sha256)
        try:
            return self.blobs.get(sha256)
        except ArchiveDamaged:
            self.file_path(sha256)  # deleted in between: NotFound says it better
            raise

    def file_path(self, sha256: str) -> Path:
        """Where the bytes of a file lie. Raises NotFound."""
        path = self.blobs.path(sha256)
        with reading(self.engine) as connection:
            if connection.execute(select(files.c.sha256).where(files.c.sha256 == sha256)).first() is None:
                raise NotFound("No such file in the archive", remedy="Check the SHA-256, or send the file again.")
        return path

    def delete_letter(self, id: str, *, expected_generation: int | None = None) -> None:
        """Delete a letter for good: extractions, corrections, tasks, the file's bytes and its job entries.

        Only its id stays, in the feed of changes, so that other systems and the search index delete it too. Raises
        NotFound, and Conflict when the letter is no longer of ``expected_generation``.
        """
        from service.archive.letters import record_change

        aside: Path | None = None
        sha256: str | None = None
        try:
            with writing(self.engine) as connection:
                lock_files(connection)
                row = connection.execute(select(letters.c.sha256, letters.c.generation).where(letters.c.id == id)).first()
                if row is None:
                    raise NotFound(f"No letter {id}", remedy="It may have been deleted; list the letters anew.")
                if expected_generation is not None and row.generation != expected_generation:
                    raise Conflict("The letter has been changed in between", remedy="Read it again before you delete it.")
                sha256 = row.sha256
                connection.execute(delete(letters).where(letters.c.id == id))
                _forget_file(connection, row.sha256)
                record_change(connection, id, "delete")
                aside = self.blobs.move_aside(row.sha256)
        except BaseException:
            if aside is not None and sha256 is not None:
                self.blobs.put_back(aside, sha256)
            raise
        if aside is not None:
            aside.unlink(missing_ok=True)
        forget(self.engine)

    def drop_unread(self, sha256: str) -> bool:
        """Delete a file that no letter came of and that no job waits for (unreadable, refused); False when one does."""
        aside: Path | None = None
        try:
            with writing(self.engine) as connection:
                lock_files(connection)
                used = connection.execute(select(letters.c.id).where(letters.c.sha256 == sha256)).first()
                waits = connection.execute(select(job_files.c.id).where(job_files.c.sha256 == sha256, job_files.c.state.in_(_STATES_LEFT))).first()
                if used or waits:
                    return False
                connection.execute(delete(quarantine).where(quarantine.c.sha256 == sha256))
                connection.execute(delete(files).where(files.c.sha256 == sha256))
                aside = self.blobs.move_aside(sha256)
        except BaseException:
            if aside is not None:
                self.blobs.put_back(aside, sha256)
            raise
        if aside is not None:
            aside.unlink(missing_ok=True)
        return True

    def sweep(self) -> int:
        """Tidy up after a process that was killed, while no other writes here; returns how many leftovers there were."""
        count = self.blobs.sweep()
        for aside, sha256 in list(self.blobs.aside()):
            with writing(self.engine) as connection:
                lock_files(connection)
                known = connection.execute(select(files.c.sha256).where(files.c.sha256 == sha256)).first()
                if known and not self.blobs.path(sha256).exists():
                    self.blobs.put_back(aside, sha256)
                else:
                    with suppress(OSError):
                        aside.unlink()
            count += 1
        return count


def adopt(connection: Connection, blobs: Blobs, parts: Sequence[tuple[Path, str, int]], media_type: str | None = None) -> None:
    """As :meth:`FileStore.adopt_files` for files already synced, inside a transaction of the caller."""
    lock_files(connection)
    for part, sha256, size in parts:
        ensure_file(connection, sha256, size, media_type)
        blobs.place(part, sha256)


def ensure_file(connection: Connection, sha256: str, size: int, media_type: str | None) -> None:
    """A row for a file, unless there is one."""
    if connection.execute(select(files.c.sha256).where(files.c.sha256 == sha256)).first() is None:
        from sqlalchemy.dialects import postgresql, sqlite

        module = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(module.insert(files).values(sha256=sha256, size=size, media_type=media_type, added_at=now()).on_conflict_do_nothing())


def lock_files(connection: Connection) -> None:
    """Nobody else adds or deletes files until this transaction is over."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _FILES_LOCK})


def _forget_file(connection: Connection, sha256: str) -> None:
    from service.archive.jobstore import settle

    waiting = connection.execute(select(job_files.c.job_id).where(job_files.c.sha256 == sha256, job_files.c.state.in_(_STATES_LEFT))).scalars().all()
    connection.execute(update(job_files).where(job_files.c.sha256 == sha256, job_files.c.state.in_(_STATES_LEFT)).values(state="cancelled", lease=None, finished_at=now()))
    connection.execute(update(job_files).where(job_files.c.sha256 == sha256).values(filename=None, letter_id=None))
    for job in set(waiting):
        settle(connection, job)
    connection.execute(delete(quarantine).where(quarantine.c.sha256 == sha256))
    connection.execute(delete(files).where(files.c.sha256 == sha256))

"""Backup and restore of a whole archive: database and files in one tar file that says what is in it.

The database is copied first, by SQLite's online backup or by ``pg_dump``, as one consistent view while the service goes
on; then the files that this view knows. A file that is deleted for good in between is left out and counted as missing.
The search index is not kept: it is built from the letters (``congvan reindex``).

    manifest.json                what it is, the schema's revision, digests
    archive.db | archive.dump    SQLite database, or PostgreSQL's custom format
    files/<sha256>               the letters' files
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

from sqlalchemy import Engine, select
from sqlalchemy.engine import URL, make_url

from models.errors import CongvanError, MissingProgram
from service.archive.blobs import Blobs
from service.archive.database import current_revision, data_directory, known_revisions, migrate, open_engine, reading
from service.archive.records import now
from service.archive.schema import files

FORMAT = 1
_SQLITE, _POSTGRESQL = "archive.db", "archive.dump"
_FILE = re.compile(r"files/([0-9a-f]{64})")
_CHUNK = 1024 * 1024


class BadBackup(CongvanError):
    """The file is no backup, is damaged, or was written by a newer congvan."""

    code = "bad_backup"


class NotEmpty(CongvanError):
    """There is an archive already where one was to be restored."""

    code = "not_empty"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. ``files`` and ``bytes`` count letters' files; ``missing`` those that vanished while it ran."""

    format: int
    database: str
    revision: str
    sha256: str
    made_at: str
    files: int
    bytes: int
    missing: int


def backup(target: Path, directory: Path | str | None = None, url: str | None = None) -> Manifest:
    """Write the archive in ``directory`` to the file ``target``; it appears whole or not at all.

    Raises CongvanError where there is no archive, MissingProgram without pg_dump (PostgreSQL only).
    """
    place = data_directory(directory)
    address = url or f"sqlite:///{place / _SQLITE}"
    if address.startswith("sqlite") and not Path(make_url(address).database or "").is_file():
        raise CongvanError(f"There is no archive in {place}", remedy="Name the folder with --data, or set CONGVAN_DATA.", code="no_archive")
    engine = open_engine(address)
    blobs = Blobs(place / "files")
    part = target.with_name(f".{target.name}.part")
    try:
        with tempfile.TemporaryDirectory(prefix="congvan-backup-", dir=target.parent) as folder:
            copy = Path(folder) / (_SQLITE if engine.dialect.name == "sqlite" else _POSTGRESQL)
            _copy_database(engine, copy)
            names = [name for name in _known_files(engine, copy) if blobs.path(name).is_file()]
            missing = len(_known_files(engine, copy)) - len(names)
            manifest = Manifest(FORMAT, copy.name, current_revision(engine) or "", _digest(copy), now(), len(names), sum(blobs.path(n).stat().st_size for n in names), missing)
            with part.open("wb") as out, tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
                _add(tar, "manifest.json", json.dumps(asdict(manifest), indent=1).encode())
                tar.add(copy, copy.name, filter=_plain)
                for name in names:
                    with contextlib.suppress(FileNotFoundError):  # deleted for good this very moment
                        tar.add(blobs.path(name), f"files/{name}", filter=_plain)
                tar.close()
                out.flush()
                os.fsync(out.fileno())
            part.chmod(0o600)
            part.replace(target)
    finally:
        engine.dispose()
        part.unlink(missing_ok=True)
    return manifest


def restore(source: Path, directory: Path | str | None = None, url: str | None = None, *, replace: bool = False) -> Manifest:
    """Bring an archive back from ``source``, every file checked against its digest, and its schema up to date.

    With ``replace`` an archive that is there already gives way once the backup has been read whole; stop the service
    first. Raises BadBackup, NotEmpty, MissingProgram.
    """
    place = data_directory(directory)
    postgresql = url is not None and make_url(url).get_backend_name() == "postgresql"
    if not replace and ((place / _SQLITE).exists() or _any(place / "files") or (postgresql and url is not None and _has_schema(url))):
        raise NotEmpty(f"There is an archive in {place} already", remedy="Restore into an empty folder, or say --replace to put the backup in its place.")
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=place) as name:
        work = Path(name)
        manifest = _unpack(source, work)
        if (manifest.database == _POSTGRESQL) != postgresql:
            raise BadBackup(f"The backup holds {manifest.database}, which does not go into this database",
                            remedy="Restore into the same kind of database; to change the kind, use congvan export and congvan import.")
        if postgresql and url is not None:
            _pg(["pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"], make_url(url), work / _POSTGRESQL)
        else:
            for old in (_SQLITE, f"{_SQLITE}-wal", f"{_SQLITE}-shm"):
                (place / old).unlink(missing_ok=True)
            (work / _SQLITE).replace(place / _SQLITE)
        shutil.rmtree(place / "files", ignore_errors=True)
        shutil.rmtree(place / "index", ignore_errors=True)  # follows from the letters; an old one would show what is gone
        (work / "files").replace(place / "files")
    engine = open_engine(url or f"sqlite:///{place / _SQLITE}")
    try:
        migrate(engine)
    finally:
        engine.dispose()
    return manifest


def _copy_database(engine: Engine, copy: Path) -> None:
    if engine.dialect.name == "sqlite":
        source = sqlite3.connect(f"file:{engine.url.database}?mode=ro", uri=True, timeout=60)
        target = sqlite3.connect(copy)
        try:
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")  # one file, no -wal beside it
        finally:
            target.close()
            source.close()
    else:
        _pg(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={copy}"], engine.url)


def _known_files(engine: Engine, copy: Path) -> list[str]:
    """The files of the copied view; of PostgreSQL, whose dump cannot be asked, those of this moment."""
    if copy.name == _SQLITE:
        database = sqlite3.connect(copy)
        try:
            return [row[0] for row in database.execute("SELECT sha256 FROM files ORDER BY sha256")]
        finally:
            database.close()
    with reading(engine) as connection:
        return list(connection.execute(select(files.c.sha256).order_by(files.c.sha256)).scalars())


def _pg(command: list[str], url: URL, *arguments: Path) -> None:
    """Run a program of PostgreSQL. The password goes by the environment: arguments can be read by everyone on the machine."""
    program = shutil.which(command[0])
    if program is None:
        raise MissingProgram(f"{command[0]} is not installed", remedy="Install the client programs of PostgreSQL (Debian: postgresql-client), of the server's version or newer.")
    plain = url.set(drivername="postgresql", password=None).render_as_string()
    environment = os.environ | ({"PGPASSWORD": url.password} if url.password else {})
    done = subprocess.run([program, *command[1:], f"--dbname={plain}", *map(str, arguments)], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CongvanError(f"{command[0]} failed: {done.stderr.strip()[-500:]}", remedy="Check the database's address, rights and version.", code="database_program")


def _unpack(source: Path, work: Path) -> Manifest:
    """Read a backup into ``work``. Only names that a backup has are taken, so nothing can be written elsewhere."""
    blobs = Blobs(work / "files")
    blobs.root.mkdir()
    manifest: Manifest | None = None
    found, count = "", 0
    try:
        with tarfile.open(source, "r|*") as tar:
            for member in tar:
                stream = tar.extractfile(member) if member.isreg() else None
                if stream is None:
                    raise BadBackup(f"The backup holds {member.name!r}, which is no file", remedy=_OTHER)
                if manifest is None:
                    manifest = _manifest(member.name, stream.read(_CHUNK))
                elif member.name == manifest.database:
                    found = _write(stream, work / manifest.database)
                elif match := _FILE.fullmatch(member.name):
                    path = blobs.path(match[1])
                    path.parent.mkdir(parents=True, exist_ok=True)
                    if _write(stream, path) != match[1]:
                        raise BadBackup(f"File {match[1]} in the backup is damaged", remedy=_OTHER)
                    count += 1
                else:
                    raise BadBackup(f"The backup holds {member.name!r}, which does not belong there", remedy=_OTHER)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BadBackup(f"{source} cannot be read as a backup: {error}", remedy=_OTHER) from error
    if manifest is None or found != manifest.sha256:
        raise BadBackup("The database in the backup is missing or damaged", remedy=_OTHER)
    if count < manifest.files:
        raise BadBackup(f"The backup says {manifest.files} files and holds {count}", remedy=_OTHER)
    return manifest


_OTHER = "Use another backup, or copy this one again from where it was kept."


def _manifest(name: str, data: bytes) -> Manifest:
    try:
        if name != "manifest.json":
            raise ValueError(name)
        manifest = Manifest(**json.loads(data))
    except (ValueError, TypeError) as error:
        raise BadBackup("This is no backup of congvan", remedy="Give a file that congvan backup has written.") from error
    if manifest.format != FORMAT or manifest.revision not in known_revisions():
        raise BadBackup("The backup was written by a newer congvan", remedy="Restore it with that version, or a later one.")
    if manifest.database not in (_SQLITE, _POSTGRESQL):
        raise BadBackup("This is no backup of congvan", remedy="Give a file that congvan backup has written.")
    return manifest


def _write(stream: IO[bytes], path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("wb") as out:
        for piece in _pieces(stream):
            digest.update(piece)
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    while piece := stream.read(_CHUNK):
        yield piece


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(data), 0o600
    tar.addfile(info, BytesIO(data))


def _plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mode = 0o600
    return info


def _any(folder: Path) -> bool:
    return folder.is_dir() and any(path.is_file() for path in folder.rglob("*"))


def _has_schema(url: str) -> bool:
    engine = open_engine(url)
    try:
        return current_revision(engine) is not None
    finally:
        engine.dispose()

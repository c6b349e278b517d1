"""Files by content: bytes stored once under their SHA-256, written whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from service.archive.errors import ArchiveDamaged, NotFound

_SHA256 = re.compile(r"[0-9a-f]{64}")
_SYNCING = 16


def _sync(path: Path, *, missing_ok: bool = True) -> None:
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        if missing_ok:
            return
        raise
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Blobs:
    """``<root>/ab/cd/<sha256>``. Names are checked, so nothing outside ``root`` can be reached."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        """Where the bytes lie. Raises NotFound for what is not a SHA-256 in hexadecimal."""
        if not _SHA256.fullmatch(sha256):
            raise NotFound("This is not a SHA-256", remedy="Give 64 hexadecimal digits in small letters.")
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def write_part(self, data: bytes) -> tuple[Path, str]:
        """Write bytes to a temporary file of this folder; its path and their SHA-256, for :meth:`place`."""
        self.root.mkdir(parents=True, exist_ok=True)
        part = self.root / f".{secrets.token_hex(12)}.part"
        part.write_bytes(data)
        return part, hashlib.sha256(data).hexdigest()

    def sync(self, part: Path) -> None:
        """See that a file's bytes are on the disk."""
        _sync(part, missing_ok=False)

    def sync_all(self, places: Iterable[Path]) -> None:
        """See that many files, or names in folders, are on the disk. Those that are gone are passed over.

        Asked for at the same time they share the disk's journal: a batch takes little longer than one file.
        """
        wanted = sorted(set(places))
        if wanted:
            with ThreadPoolExecutor(min(_SYNCING, len(wanted))) as pool:
                list(pool.map(_sync, wanted))

    def place(self, part: Path, sha256: str, *, sync: bool = True) -> Path | None:
        """Move a written and synced file to its place, or drop it when the bytes are here already.

        Without ``sync`` the caller sees to the folder, which is given back, with :meth:`sync_all`.
        """
        path = self.path(sha256)
        if path.exists():
            part.unlink(missing_ok=True)
            return None
        path.parent.mkdir(parents=True, exist_ok=True)
        part.replace(path)  # atomic: a killed process leaves a .part, never half a file
        if sync:
            _sync(path.parent)
        return path.parent

    def put(self, data: bytes) -> str:
        """Store and return the SHA-256; on the disk for good before this returns."""
        part, digest = self.write_part(data)
        self.sync(part)
        self.place(part, digest)
        return digest

    def get(self, sha256: str) -> bytes:
        """The bytes. Raises ArchiveDamaged when they are gone or changed."""
        try:
            data = self.path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise ArchiveDamaged(f"The bytes of file {sha256} are missing", remedy="Run congvan doctor; restore the file from a backup.") from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ArchiveDamaged(f"The bytes of file {sha256} have changed on disk", remedy="Run congvan doctor; restore the file from a backup.")
        return data

    def delete(self, sha256: str) -> None:
        """Remove the bytes; no error when they are gone already."""
        self.path(sha256).unlink(missing_ok=True)

    def move_aside(self, sha256: str) -> Path | None:
        """Take bytes out of their place without removing them yet; None when they are gone already."""
        target = self.root / "aside" / f"{sha256}.{secrets.token_hex(6)}"
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            self.path(sha256).replace(target)
        except FileNotFoundError:
            return None
        return target

    def put_back(self, aside: Path, sha256: str) -> None:
        """Undo :meth:`move_aside`."""
        aside.replace(self.path(sha256))

    def aside(self) -> Iterator[tuple[Path, str]]:
        """What was moved aside and not removed, with its SHA-256."""
        for path in (self.root / "aside").glob("*"):
            if _SHA256.fullmatch(path.name[:64]):
                yield path, path.name[:64]

    def names(self) -> Iterator[str]:
        """Every SHA-256 that has bytes here."""
        for path in self.root.glob("??/??/*"):
            if _SHA256.fullmatch(path.name):
                yield path.name

    def sweep(self, older_than: float = 3600.0) -> int:
        """Remove what killed writers left more than ``older_than`` seconds ago; returns how many."""
        count, limit = 0, time.time() - older_than
        for part in (*self.root.glob(".*.part"), *self.root.glob("incoming/*.part"), *self.root.glob("??/??/.*.part")):
            with contextlib.suppress(OSError):
                if part.stat().st_mtime <= limit:
                    part.unlink()
                    count += 1
        return count

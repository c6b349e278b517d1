"""Files by content: bytes stored once under their SHA-256, written whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

from service.archive.errors import ArchiveDamaged, NotFound

_SHA256 = re.compile(r"[0-9a-f]{64}")


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
        with part.open("rb") as file:
            os.fsync(file.fileno())

    def place(self, part: Path, sha256: str) -> None:
        """Move a written and synced file to its place, or drop it when the bytes are here already."""
        path = self.path(sha256)
        if path.exists():
            part.unlink(missing_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        part.replace(path)  # atomic: a killed process leaves a .part, never half a file
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

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

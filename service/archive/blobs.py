"""Files by content: bytes stored once under their SHA-256, written whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
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

    def put(self, data: bytes) -> str:
        """Store and return the SHA-256; on the disk for good before this returns."""
        digest = hashlib.sha256(data).hexdigest()
        path = self.path(digest)
        if path.exists() and path.stat().st_size == len(data):
            return digest
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{digest[:16]}.{secrets.token_hex(6)}.part")
        with part.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)  # atomic: a killed process leaves a .part, never half a file
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

    def names(self) -> Iterator[str]:
        """Every SHA-256 that has bytes here."""
        for path in self.root.glob("??/??/*"):
            if _SHA256.fullmatch(path.name):
                yield path.name

    def sweep(self) -> int:
        """Remove what killed writers left; returns how many."""
        count = 0
        for part in self.root.glob("??/??/.*.part"):
            with contextlib.suppress(OSError):
                part.unlink()
                count += 1
        return count

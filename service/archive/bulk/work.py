"""What happens to one file in a reading process: bytes, hash, known already?, extraction, bytes kept on the disk."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Engine, select

from models.errors import CongvanError
from service.archive.blobs import Blobs
from service.archive.bulk.sources import Item, read_item
from service.archive.database import open_engine, reading
from service.archive.schema import letters, quarantine
from service.worker import Failure, extract_letter


@dataclass(frozen=True, slots=True)
class Task:
    """How files of a run are done: limits, options of reading, and the archive they go to."""

    url: str
    files: str
    limit: int
    model: str
    reading: dict[str, Any]
    refuse_secret: bool = False
    again: bool = False
    """Read also what the archive has already (re-extraction, or files once quarantined)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file. ``read``: extraction and, for a new file, its bytes in a temporary file of the archive."""

    kind: Literal["read", "known", "bad", "failed"]
    sha256: str | None = None
    size: int = 0
    part: str | None = None
    extraction: bytes | None = None
    error: dict[str, Any] | None = None


@lru_cache(maxsize=1)
def _engine(url: str) -> Engine:
    return open_engine(url)


def work(item: Item, task: Task) -> Outcome:
    """One file; never raises for a bad one."""
    digest: str | None = None
    try:
        data = read_item(item, task.limit)
        digest = hashlib.sha256(data).hexdigest()
        if (known := known_already(digest, len(data), task)) is not None:
            return known
        result = extract_letter(data, item.shown, task.reading, lines=True)
    except CongvanError as error:
        return Outcome("failed", digest, item.size, error=error.as_dict())
    return taken(item, data, digest, result, task)


def known_already(digest: str, size: int, task: Task) -> Outcome | None:
    """What the archive knows of these bytes, so that they need not be read; None when they must be."""
    if task.again:
        return None
    with reading(_engine(task.url)) as connection:
        if connection.execute(select(letters.c.id).where(letters.c.sha256 == digest)).first():
            return Outcome("known", digest, size)
        if connection.execute(select(quarantine.c.sha256).where(quarantine.c.sha256 == digest, quarantine.c.model_version == task.model)).first():
            return Outcome("bad", digest, size)
    return None


def taken(item: Item, data: bytes, digest: str, result: tuple[bytes, bool] | Failure, task: Task) -> Outcome:
    """What was read of a file on its way to the store: its bytes are in the archive's folder, under a temporary name."""
    if isinstance(result, Failure):
        return Outcome("failed", digest, len(data), error=result.error().as_dict())
    text, secret = result
    if secret and task.refuse_secret:
        refused = {"code": "secret", "message": "The letter bears a secrecy mark and is not taken", "remedy": "Handle it on a machine for secret documents, or set CONGVAN_SECRET_LETTERS=flag."}
        return Outcome("failed", digest, len(data), error=refused)
    part: Path | None = None
    if item.stored is None:
        blobs = Blobs(Path(task.files))
        if not blobs.path(digest).exists():
            part, _ = blobs.write_part(data)  # the store syncs a whole batch at once
    return Outcome("read", digest, len(data), str(part) if part else None, text)

"""What the store gives out, and small conversions that its parts share."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import zlib
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from models.letter import Extraction
from models.text import fold, match_key
from service.archive.errors import InvalidCursor

_NOT_WORD = re.compile(r"[\W_]+")


def now() -> str:
    """This moment, UTC, ISO 8601 with microseconds: sorts as text."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def letter_id(sha256: str) -> str:
    """A letter's id follows from its file: indexing twice, anywhere, gives the same id."""
    return sha256[:24]


def identifier_key(identifier: str | None) -> str | None:
    """One key for every spelling of a document number: "168-KH/TU", "168 KH TU", "168/kh-tu" are equal; đ is d."""
    return (_NOT_WORD.sub(" ", fold(identifier).casefold()).strip() or None) if identifier else None


def name_key(name: str | None) -> str | None:
    """Caseless key of a body's name, tone placement normalised."""
    return match_key(name) if name else None


def pack(data: dict[str, Any]) -> bytes:
    """JSON, compressed."""
    return zlib.compress(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode(), 6)


def unpack(blob: bytes) -> dict[str, Any]:
    """The JSON object that :func:`pack` stored."""
    result: dict[str, Any] = json.loads(zlib.decompress(blob))
    return result


def encode_cursor(*parts: str | int) -> str:
    """An opaque cursor."""
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *kinds: type) -> list[Any]:
    """The parts of a cursor. Raises InvalidCursor when it is none, or not of these ``kinds``."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, UnicodeError, RecursionError):
        parts = None
    if not isinstance(parts, list) or len(parts) != len(kinds) or not all(type(p) is k for p, k in zip(parts, kinds, strict=True)):
        raise InvalidCursor("The cursor is not one of this archive", remedy="Pass the cursor of the last answer unchanged, or leave it out to begin anew.")
    return parts


def decode_number(cursor: str) -> int:
    """The one number of a cursor. Raises InvalidCursor, also for a number that no database holds."""
    number: int = decode_cursor(cursor, int)[0]
    if not 0 <= number < 2**63:
        raise InvalidCursor("The cursor is not one of this archive", remedy="Pass the cursor of the last answer unchanged, or leave it out to begin anew.")
    return number


@cache
def model_version() -> str:
    """Version of what reads letters: the package's, and a digest of models/ (code, lexicons, weights).

    Two installations with the same text give the same extraction of a letter, so a letter of this version is done.
    """
    try:
        number = version("congvan")
    except PackageNotFoundError:
        number = "0"
    root = Path(__file__).resolve().parents[2] / "models"
    digest = hashlib.sha256()
    for path in sorted(p for p in root.rglob("*") if p.is_file() and p.suffix != ".pyc"):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return f"{number}+{digest.hexdigest()[:12]}"


class Record:
    """Base of records: plain dictionaries for JSON."""

    def as_dict(self) -> dict[str, Any]:
        """The record as JSON-ready objects."""
        return asdict(self)  # type: ignore[call-overload,no-any-return]


@dataclass(frozen=True, slots=True)
class LetterSummary(Record):
    """A row of the list of letters; ``generation`` grows with every change (an ETag)."""

    id: str
    sha256: str
    filename: str | None
    added_at: str
    updated_at: str
    generation: int
    model_version: str
    type_code: str | None
    document_type: str | None
    identifier: str | None
    date: str | None
    place: str | None
    issuer: str | None
    subject: str | None
    urgency: str | None
    secrecy: str | None
    signer: str | None
    page_count: int
    text_origin: str
    task_count: int


@dataclass(frozen=True, slots=True)
class Correction(Record):
    """A person's correction; ``applied`` is false when the newest extraction no longer has the corrected item."""

    path: str
    value: Any
    machine_value: Any
    who: str
    at: str
    applied: bool = True


@dataclass(frozen=True, slots=True)
class StoredLetter(Record):
    """A letter: summary, the extraction with corrections laid over, and the corrections themselves."""

    summary: LetterSummary
    data: dict[str, Any]
    corrections: list[Correction]
    version: int

    @property
    def extraction(self) -> Extraction:
        """The corrected extraction as a model."""
        return Extraction.model_validate(self.data)


@dataclass(frozen=True, slots=True)
class Page(Record):
    """One page of a list; ``next_cursor`` is None at the end."""

    items: list[Any]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class TaskRecord(Record):
    """A task with its state: open, in_progress, done, cancelled."""

    id: str
    letter_id: str
    task: str
    item: str | None
    text: str
    assignees: list[str]
    types: list[str]
    deadline: str | None
    deadline_text: str | None
    status: str
    owner: str | None
    updated_at: str
    identifier: str | None = None
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class JobFile(Record):
    """A file of a job: queued, running, done, failed or cancelled; ``error`` as in CONTRACT section 2."""

    id: int
    sha256: str | None
    filename: str | None
    state: str
    attempts: int
    letter_id: str | None
    error: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class JobInput:
    """A file for a job: its SHA-256 (already added) and size in bytes, or the ``error`` for which it was not taken."""

    sha256: str | None
    filename: str | None = None
    size: int | None = None
    error: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Job(Record):
    """A job: queued, running, done or cancelled; ``counts`` by state of file."""

    id: str
    kind: str
    state: str
    options: dict[str, Any]
    owner: str | None
    created_at: str
    finished_at: str | None
    counts: dict[str, int] = field(default_factory=dict)
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Claim(Record):
    """A file given to a worker for as long as its heart beats; ``lease`` proves whose it is."""

    file_id: int
    job_id: str
    sha256: str
    filename: str | None
    attempts: int
    lease: str
    options: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ApiKey(Record):
    """A key without its secret."""

    id: str
    name: str
    scopes: list[str]
    created_at: str
    used_at: str | None
    revoked_at: str | None

"""JSON Lines: the archive's letters whole, one a line, and back into an archive.

A line is ``{"id", "filename", "added_at", "extraction", "corrections"}`` or, for a letter deleted since the cursor,
``{"id", "deleted": true}``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from models.errors import CongvanError
from models.letter import Extraction, SchemaVersionError
from service.exports.records import LetterRecord


class BadLine(CongvanError):
    """A line of an import that is no letter."""

    code = "bad_line"


@dataclass(frozen=True, slots=True)
class ImportedLetter:
    """A letter as a line states it."""

    id: str
    deleted: bool
    filename: str | None
    extraction: Extraction | None
    corrections: list[dict[str, Any]]


def to_lines(records: Iterable[LetterRecord]) -> Iterator[str]:
    """One line a record, each with its line end."""
    for record in records:
        if record.deleted:
            line: dict[str, Any] = {"id": record.id, "deleted": True}
        else:
            line = {"id": record.id, "filename": record.filename, "added_at": record.added_at, "extraction": record.data, "corrections": record.corrections}
        yield json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n"


def from_lines(lines: Iterable[str]) -> Iterator[ImportedLetter]:
    """The letters of an export, each checked against the contract. Raises BadLine with the line's number."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
            if not isinstance(item, dict):
                raise ValueError("it is not an object")
            # a bare extraction (as `congvan extract` prints) is a letter too
            body = item if "schema_version" in item else item.get("extraction")
            extraction = None if item.get("deleted") else Extraction.model_validate(body)
        except (ValidationError, SchemaVersionError, ValueError, RecursionError) as error:
            first = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
            raise BadLine(f"Line {number} is no letter: {first}", remedy="Import a file that congvan export wrote, or remove the line.") from error
        sha = extraction.source.sha256 if extraction else ""
        yield ImportedLetter(str(item.get("id") or sha[:24]), bool(item.get("deleted")), item.get("filename"), extraction, list(item.get("corrections") or []))

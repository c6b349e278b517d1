"""What is exported: one letter of an archive, or one that was just read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from models.letter import Extraction

if TYPE_CHECKING:
    from service.archive.store import LetterFilters, Store


@dataclass(frozen=True, slots=True)
class LetterRecord:
    """A letter to export.

    ``data`` is the extraction with corrections laid over; ``corrections`` tells who changed what. ``deleted`` records
    have an id and nothing else: another system that follows the archive removes the letter.
    """

    id: str
    data: dict[str, Any] = field(default_factory=dict)
    filename: str | None = None
    added_at: str | None = None
    corrections: list[dict[str, Any]] = field(default_factory=list)
    deleted: bool = False

    @property
    def sha256(self) -> str:
        """SHA-256 of the letter's file, hexadecimal."""
        return str(self.data["source"]["sha256"]) if self.data else ""

    @property
    def extraction(self) -> Extraction:
        """The letter as a model."""
        return Extraction.model_validate(self.data)


def from_extractions(extractions: Iterable[Extraction]) -> Iterator[LetterRecord]:
    """Records of letters that lie in no archive."""
    for extraction in extractions:
        data = extraction.to_dict()
        yield LetterRecord(data["source"]["sha256"][:24], data, data["source"]["filename"])


def of_letter(store: Store, id: str) -> LetterRecord:
    """One letter of the archive. Raises NotFound."""
    letter = store.get_letter(id)
    return LetterRecord(id, letter.data, letter.summary.filename, letter.summary.added_at, [c.as_dict() for c in letter.corrections])


def from_store(store: Store, filters: LetterFilters | None = None) -> Iterator[LetterRecord]:
    """All letters of the archive that the filters let through, oldest entry first; one at a time, memory stays flat.

    A letter that is deleted while the export runs is left out.
    """
    from service.archive.errors import NotFound

    cursor: str | None = None
    while True:
        page = store.list_letters(filters, cursor=cursor, limit=200, sort="added")
        for summary in page.items:
            try:
                yield of_letter(store, summary.id)
            except NotFound:
                continue
        cursor = page.next_cursor
        if cursor is None:
            return


def changed_since(store: Store, cursor: str | None, *, limit: int = 500) -> tuple[list[LetterRecord], str]:
    """Letters changed or deleted after ``cursor`` (None: since the beginning) and the cursor to ask with next time.

    At most ``limit`` changes; the returned cursor equals ``cursor`` when there is nothing new. Raises InvalidCursor.
    """
    from service.archive.errors import NotFound

    page = store.changes_since(cursor, limit)
    found = []
    for change in page.items:
        if change["kind"] == "delete":
            found.append(LetterRecord(change["letter_id"], deleted=True))
            continue
        try:
            found.append(of_letter(store, change["letter_id"]))
        except NotFound:  # deleted since: the feed says so further on
            continue
    return found, page.next_cursor or ""

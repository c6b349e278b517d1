"""Making located values: from a span of the text to a :class:`FieldValue` with page and box."""

from __future__ import annotations

from dataclasses import dataclass, field

from models.document import Document, Line, box_of, lines_at
from models.extraction.repair import restore_marks
from models.letter import (
    Addressee,
    DocumentTypeValue,
    FieldValue,
    Recipient,
    Signer,
    Span,
    TextOrigin,
    Warning_,
    Zone,
)


@dataclass(slots=True)
class Fields:
    """The scalar and list fields of a letter, and what was wrong with its form."""

    document_type: DocumentTypeValue | None = None
    number: FieldValue | None = None
    symbol: FieldValue | None = None
    identifier: FieldValue | None = None
    date: FieldValue | None = None
    place: FieldValue | None = None
    issuer: FieldValue | None = None
    parent_body: FieldValue | None = None
    subject: FieldValue | None = None
    urgency: FieldValue | None = None
    secrecy: FieldValue | None = None
    archive_note: FieldValue | None = None
    signer: Signer = field(default_factory=Signer)
    addressees: list[Addressee] = field(default_factory=list)
    recipients: list[Recipient] = field(default_factory=list)
    warnings: list[Warning_] = field(default_factory=list)


@dataclass(slots=True)
class ZonedLines:
    """The letter's lines with their zones: what the extractors work on."""

    document: Document
    lines: list[Line]
    zones: list[Zone]

    def of(self, *zones: Zone) -> list[Line]:
        """The lines of the given zones in reading order."""
        wanted = set(zones)
        return [line for line, zone in zip(self.lines, self.zones, strict=True) if zone in wanted]

    def first_run(self, zone: Zone) -> list[Line]:
        """The first unbroken run of lines of a zone (furniture between does not break it)."""
        run: list[Line] = []
        for line, z in zip(self.lines, self.zones, strict=True):
            if z == zone:
                run.append(line)
            elif run and z != Zone.PAGE_FURNITURE:
                break
        return run


def located(document: Document, value: str, span: Span, *, confidence: float = 0.9, marks: bool = False) -> FieldValue:
    """A field whose text stands at ``span``. ``marks``: where OCR read it, put right the marks of known names and titles."""
    page, box = box_of(document, span)
    if marks and _recognised(document, span):
        value = restore_marks(value)
    return FieldValue(value=value, text=document.text[span[0]:span[1]], span=span, page=page, box=box, confidence=confidence)


def _recognised(document: Document, span: Span) -> bool:
    """Whether the line in which ``span`` begins came from OCR."""
    for page in document.pages:
        if page.span[0] <= span[0] <= page.span[1]:
            return any(line.origin == TextOrigin.OCR for line in lines_at(page, (span[0], span[0] + 1)))
    return False


def inferred(value: str, *, confidence: float = 0.5) -> FieldValue:
    """A field that the letter does not print but implies."""
    return FieldValue(value=value, confidence=confidence)


def trim(document: Document, span: Span, chars: str = " \t\n.,;:-–—*\"“”") -> Span:
    """``span`` without ``chars`` at its ends."""
    start, end = span
    text = document.text
    while start < end and text[start] in chars:
        start += 1
    while end > start and text[end - 1] in chars:
        end -= 1
    return start, end

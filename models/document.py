"""The read file: pages, lines and words with their places, and one text that they all index.

Reading (``models.reading``) turns bytes into a :class:`Document`; every later stage works on it and on nothing else.
A reader makes :class:`Line` objects in the order in which a person reads them and calls :func:`assemble`, which joins
them into the NFC text and gives every line and word its span.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from models.letter import Box, DigitalSignature, LineBox, OcrInfo, PageQuality, Span, TextOrigin, Warning_

_TOKEN = re.compile(r"\S+")

Alignment = Literal["left", "center", "right", "justify"]
Side = Literal["left", "right"]
Role = Literal["text", "overlay", "page_number", "header", "footer", "footnote"]


@dataclass(slots=True)
class Word:
    """One word (tiếng): its text, box in points, recogniser's confidence 0–1 (None when the file gave the text)."""

    text: str
    box: Box | None = None
    confidence: float | None = None
    span: Span = (0, 0)
    options: list[tuple[str, float]] = field(default_factory=list)
    """Values that compete for a handwritten number, day or month, likeliest first, with their probabilities (0–1)."""


@dataclass(slots=True, frozen=True)
class Cell:
    """Where a line stands in a table: index of the table in the document, row and column, all from 0."""

    table: int
    row: int
    column: int
    layout: bool = False
    """True for tables that only place things side by side (the head, the foot), not tables of data."""


@dataclass(slots=True)
class Line:
    """One line as it stands, or one paragraph where the format has no lines (DOCX, HTML)."""

    text: str
    page: int = 1
    box: Box | None = None
    words: list[Word] = field(default_factory=list)
    font_size: float | None = None
    bold: bool | None = None
    italic: bool | None = None
    alignment: Alignment | None = None
    side: Side | None = None
    """Which column of a two-column block (head: left issuer, right national title; foot: left Nơi nhận) it stands in."""
    cell: Cell | None = None
    whole_paragraph: bool = False
    """The format says that this line is a complete paragraph, so it never continues on the next one."""
    role: Role = "text"
    origin: TextOrigin = TextOrigin.EMBEDDED
    confidence: float | None = None
    indent: float | None = None
    """First-line indent or list indent in points, where known."""
    label: str | None = None
    """Automatic list number or bullet that the format keeps apart from the text ("1.", "a)", "-"); it is part of ``text`` too."""
    gap_before: float | None = None
    """Blank space above the line in points (or blank lines times 12 in plain text)."""
    color: str | None = None
    span: Span = (0, 0)

    @property
    def capitals(self) -> bool:
        """True when every letter of the line is a capital (IN HOA)."""
        letters = [c for c in self.text if c.isalpha()]
        return bool(letters) and all(c.isupper() for c in letters)


@dataclass(slots=True)
class Page:
    """One page: number from 1, size in points after rotation, clockwise rotation that was undone, where its text came from."""

    number: int
    width: float
    height: float
    rotation: int = 0
    text_origin: TextOrigin = TextOrigin.EMBEDDED
    lines: list[Line] = field(default_factory=list)
    span: Span = (0, 0)
    quality: PageQuality | None = None
    """How well the page could be read, where it was recognised."""


@dataclass(slots=True)
class Document:
    """A file, read. ``text`` is NFC in reading order, one line feed between lines; every span indexes it."""

    text: str
    pages: list[Page]
    media_type: str = "text/plain"
    legacy_encoding: str | None = None
    ocr: OcrInfo | None = None
    overlays: list[Line] = field(default_factory=list)
    """Text of signature overlays and stamps ("Ký bởi: …"), which is no part of the letter but is evidence."""
    warnings: list[Warning_] = field(default_factory=list)
    signatures: list[DigitalSignature] = field(default_factory=list)
    """Digital signatures of the file, read and verified."""

    @property
    def lines(self) -> list[Line]:
        """All lines of all pages in reading order."""
        return [line for page in self.pages for line in page.lines]

    @property
    def text_origin(self) -> TextOrigin:
        """embedded, ocr, or mixed when pages differ."""
        kinds = {page.text_origin for page in self.pages if page.lines}
        if len(kinds) == 1:
            return TextOrigin(kinds.pop())
        return TextOrigin.MIXED if kinds else TextOrigin.EMBEDDED


def assemble(
    pages: Iterable[Page],
    *,
    media_type: str = "text/plain",
    legacy_encoding: str | None = None,
    ocr: OcrInfo | None = None,
    overlays: Sequence[Line] = (),
    warnings: Sequence[Warning_] = (),
) -> Document:
    """Join the pages' lines into one NFC text and set the span of every page, line and word.

    Lines are separated by one line feed; empty lines are dropped; words get the place where they are next found in
    their line, so a reader need not count characters.
    """
    parts: list[str] = []
    position = 0
    kept_pages: list[Page] = []
    tables: dict[tuple[int, int], int] = {}
    for page in pages:
        start = position
        kept: list[Line] = []
        for line in page.lines:
            line.text = unicodedata.normalize("NFC", line.text).strip("\n")
            if not line.text.strip():
                continue
            if parts:
                parts.append("\n")
                position += 1
                if not kept:
                    start = position
            line.span = (position, position + len(line.text))
            line.page = page.number
            if line.cell is not None and line.origin == TextOrigin.OCR:
                # recognised page by page: tables are counted over the document here
                line.cell = replace(line.cell, table=tables.setdefault((page.number, line.cell.table), len(tables)))
            _place_words(line)
            parts.append(line.text)
            position += len(line.text)
            kept.append(line)
        page.lines = kept
        page.span = (start, position)
        kept_pages.append(page)
    return Document(
        text="".join(parts),
        pages=kept_pages,
        media_type=media_type,
        legacy_encoding=legacy_encoding,
        ocr=ocr,
        overlays=list(overlays),
        warnings=list(warnings),
    )


def _place_words(line: Line) -> None:
    offset = 0
    for word in line.words:
        word.text = unicodedata.normalize("NFC", word.text)
        found = line.text.find(word.text, offset)
        if found < 0:
            word.span = (line.span[0] + offset, line.span[0] + offset)
            continue
        word.span = (line.span[0] + found, line.span[0] + found + len(word.text))
        offset = found + len(word.text)


def page_of(document: Document, offset: int) -> int:
    """The number of the page on which the character at ``offset`` stands."""
    for page in document.pages:
        if page.lines and offset < page.span[1]:
            return page.number
    return document.pages[-1].number if document.pages else 1


def lines_at(page: Page, span: Span) -> list[Line]:
    """The lines of a page that ``span`` touches. They stand in the order of the text, so none of the others is looked at."""
    first = bisect_right(page.lines, span[0], key=lambda line: line.span[1])
    last = bisect_left(page.lines, span[1], lo=first, key=lambda line: line.span[0])
    return page.lines[first:last]


def box_of(document: Document, span: Span) -> tuple[int, Box | None]:
    """Page and box of a span: the union of the boxes of its words on the page where it begins.

    Lines without word boxes give their whole box; text without boxes gives None.
    """
    page_number = page_of(document, span[0])
    boxes: list[Box] = []
    for page in document.pages:
        if page.number != page_number:
            continue
        for line in lines_at(page, span):
            inside = [w.box for w in line.words if w.box and w.span[0] < span[1] and w.span[1] > span[0]]
            if inside:
                boxes.extend(inside)
            elif line.box:
                boxes.append(line.box)
    return page_number, union(boxes)


def line_boxes(page: Page) -> list[LineBox]:
    """The lines of a page that have a box, with the edges of their words where each of them is known."""
    return [LineBox(span=line.span, box=_rounded(line.box), edges=_edges(line)) for line in page.lines if line.box]


def _rounded(box: Box) -> Box:
    return (round(box[0], 1), round(box[1], 1), round(box[2], 1), round(box[3], 1))


def _edges(line: Line) -> list[int]:
    edges: list[int] = []
    for token in _TOKEN.finditer(line.text):
        start, end = line.span[0] + token.start(), line.span[0] + token.end()
        boxes = [word.box for word in line.words if word.box and word.span[0] < end and word.span[1] > start]
        if not boxes:
            return []
        edges += [round(min(box[0] for box in boxes)), round(max(box[2] for box in boxes))]
    return edges


def union(boxes: Sequence[Box]) -> Box | None:
    """The smallest box around all of ``boxes``."""
    if not boxes:
        return None
    return (
        round(min(b[0] for b in boxes), 1),
        round(min(b[1] for b in boxes), 1),
        round(max(b[2] for b in boxes), 1),
        round(max(b[3] for b in boxes), 1),
    )

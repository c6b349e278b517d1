"""Plain text: decoded by itself, hard wraps told from paragraphs, merged columns put apart."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from models.document import Document, Line, Page, assemble
from models.errors import InputTooLarge, UnreadableInput
from models.reading.anchors import LOWER
from models.reading.columns import split_columns
from models.reading.encodings import decode_bytes
from models.reading.furniture import mark_furniture
from models.reading.limits import MAX_CHARACTERS, MAX_LINES

A4: Final = (595.3, 841.9)
"""Width and height in points that are given to formats without pages."""
_BREAKS = re.compile(r"\r\n|\r|\n|\x0b|\x85|\u2028|\u2029")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\u200b-\u200f\u202a-\u202e\u2060\ufffe\uffff]")
_LOWER_START = re.compile(rf"^[\s\"“(]*[{LOWER}]")
_ENDED = re.compile(r"[.;:!?…/”\"]\s*$")
_WRAP_MIN: Final = 40


def read_plain(data: bytes) -> Document:
    """Read a text file in any of the encodings of ``models.reading.encodings``."""
    text, encoding = decode_bytes(data)
    return document_of_text(text, legacy_encoding=encoding)


def document_of_text(text: str, *, legacy_encoding: str | None = None, media_type: str = "text/plain") -> Document:
    """A Document of decoded text: one Line for each line of it, form feeds as page breaks.

    Raises UnreadableInput when it looks like anything but text, InputTooLarge beyond the limits.
    """
    check_text(text)
    pages: list[Page] = []
    for number, part in enumerate(text.split("\f"), start=1):
        page = Page(number=number, width=A4[0], height=A4[1])
        page.lines = mark_furniture(split_columns(lines_of(part, number)))
        if page.lines or number == 1:
            pages.append(page)
    return assemble(pages, media_type=media_type, legacy_encoding=legacy_encoding)


def check_text(text: str) -> None:
    """Raise where ``text`` is too long, or is binary rubbish rather than text."""
    if len(text) > MAX_CHARACTERS:
        raise InputTooLarge(
            f"The text has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read.", remedy="Send one letter."
        )
    sample = text[:20_000]
    rubbish = sum(c == "\ufffd" or (c < " " and c not in "\t\n\r\f\x0b\x0e\0") or "\x7f" <= c <= "\x9f" for c in sample)
    if sample and rubbish > 0.1 * len(sample):
        raise UnreadableInput(
            "The file is neither text nor any other kind that congvan knows.",
            remedy="Send the letter as PDF, DOCX, DOC, RTF, ODT, HTML, text or an image.",
        )


def clean(text: str) -> str:
    """``text`` without control and invisible characters; no-break and other odd blanks become blanks."""
    return _CONTROL.sub("", text).replace("\u00a0", " ").replace("\u202f", " ").replace("\u3000", " ")


def lines_of(text: str, page: int = 1) -> list[Line]:
    """One Line for each line that is not blank, blanks at its start kept (columns need them)."""
    raw = [clean(line).rstrip() for line in _BREAKS.split(text)]
    if len(raw) > MAX_LINES:
        raise InputTooLarge(
            f"The text has {len(raw):,} lines; at most {MAX_LINES:,} are read.", remedy="Send one letter."
        )
    wrapped = hard_wrapped(raw)
    lines: list[Line] = []
    blank = 0
    for index, content in enumerate(raw):
        if not content.strip():
            blank += 1
            continue
        follower = raw[index + 1] if index + 1 < len(raw) else ""
        whole = not follower.strip() if wrapped else _complete(content, follower)
        lines.append(Line(text=content, page=page, gap_before=12.0 * blank, whole_paragraph=whole))
        blank = 0
    return lines


def hard_wrapped(raw: list[str]) -> bool:
    """Whether the text breaks its paragraphs into lines of some width (thirty years of mail and terminals).

    Told by long lines that end in the middle of a sentence with the next going on in small letters.
    """
    long = broken = 0
    for line, follower in pairwise(raw):
        if len(line) < _WRAP_MIN or not follower.strip():
            continue
        long += 1
        if not _ENDED.search(line) and _LOWER_START.match(follower):
            broken += 1
    return broken >= 2 and broken >= 0.3 * long


def _complete(line: str, follower: str) -> bool:
    """In a text of one paragraph a line: may this line be taken as a whole paragraph?"""
    if not follower.strip():
        return True
    if _LOWER_START.match(follower):
        return False
    return bool(_ENDED.search(line)) or len(line) > 200

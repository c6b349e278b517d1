"""Page furniture: what stands on a page or web page and is no part of the letter.

Page numbers, paths of files, navigation of web sites get a role of their own; nothing is thrown away except the
navigation before the head and after the foot of a page copied from the web.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from models.document import Line
from models.reading import tables
from models.reading.anchors import ARCHIVE, MOTTO, NATIONAL_START, PARTY, PERSON, RECIPIENTS_LINE, SIGN_START
from models.reading.anchors import head_mark as is_head_mark
from models.text import fold, squeeze

_PAGE_NUMBER = re.compile(
    r"^\W{0,3}(?:(?:trang|page)\s{0,2}(?:số\s)?)?\d{1,3}(?:\s?(?:/|of|trên)\s?\d{1,3})?\W{0,3}$", re.I
)
_PATH = re.compile(r"^\W{0,2}(?:[A-Za-z]:[\\/]|\\\\\w|file:/|/home/|/Users/|/var/)\S")
_URL = re.compile(r"^\W{0,2}(?:https?://|www\.)\S{3,300}\W{0,2}$", re.I)
_PRINTED = re.compile(r"^\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4},?\s+\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AP]M)?(?:\s.{0,120})?$")
_MAX_NAVIGATION: Final = 80
_MAX_EXACT: Final = 30


@cache
def _navigation() -> tuple[frozenset[str], tuple[str, ...]]:
    """All phrases, and the long ones: those may also be the beginning of a line ("noi dung" begins real sentences)."""
    phrases = tables.words("navigation")
    return frozenset(phrases), tuple(phrase for phrase in phrases if len(phrase) >= 12)


def mark_furniture(lines: list[Line]) -> list[Line]:
    """Set the role of page numbers, file paths, addresses of web pages and navigation; the lines themselves stay."""
    for number, line in enumerate(lines):
        if line.cell is not None or line.role not in ("text", "header", "footer"):
            continue
        text = line.text
        if _PAGE_NUMBER.match(text) and not _continues(lines, number):
            line.role = "page_number"
        elif _PATH.match(text) or _URL.match(text) or _PRINTED.match(text):
            line.role = "footer"
        elif line.role == "text" and is_navigation(text):
            line.role = "header" if number < len(lines) // 2 else "footer"
    return lines


def _continues(lines: list[Line], number: int) -> bool:
    """A year or figure that was wrapped to a line of its own ("mùa khô năm 2019 -" / "2020") is no page number."""
    previous = lines[number - 1].text.rstrip() if number else ""
    return bool(previous) and previous[-1] in "-–,/(" and not lines[number - 1].whole_paragraph


def is_navigation(text: str) -> bool:
    """Whether a line is what web sites write around a text: short, and one of the phrases of the table."""
    if len(text) > _MAX_NAVIGATION:
        return False
    key = squeeze(fold(text)).lower().strip(" :>|»«.!-–[]()•*")
    phrases, beginnings = _navigation()
    return key in phrases or (key.startswith(beginnings) and not key.endswith((";", ",")))


def strip_navigation(lines: list[Line]) -> list[Line]:
    """Lines of a web page without what stands before the letter's head and after its foot.

    Before: everything above quốc hiệu except the issuer's few lines. After: what follows the signer's name and is no
    appendix. A page without these marks keeps all its lines.
    """
    first = next((i for i, line in enumerate(lines) if _head_line(line)), None)
    if first is None:
        return lines
    start = first
    outside = 0
    while start > 0 and outside < 4 and _may_be_issuer(lines[start - 1]):
        start -= 1
        outside += lines[start].cell is None
    end = len(lines)
    for index in range(len(lines) - 1, first, -1):
        if PERSON.fullmatch(lines[index].text.strip()) and any(
            SIGN_START.match(line.text.strip()) for line in lines[max(first, index - 6) : index]
        ):
            tail = lines[index + 1 :]
            # Behind the signature only short lines of navigation: cut them; a long text is an appendix.
            listed = any(RECIPIENTS_LINE.match(line.text) or ARCHIVE.match(line.text) for line in tail)
            if tail and not listed and all(is_navigation(line.text) or len(line.text) < _MAX_EXACT for line in tail):
                end = index + 1
            break
    return lines[start:end]


def _head_line(line: Line) -> bool:
    text = line.text.strip()
    return bool(NATIONAL_START.search(text) or MOTTO.search(text) or PARTY.fullmatch(text)) or (
        is_head_mark(text) and text.isupper()
    )


def _may_be_issuer(line: Line) -> bool:
    text = line.text.strip()
    if line.cell is not None and line.cell.layout:
        return True
    return (text.isupper() and len(text) < 90 and not is_navigation(text)) or is_head_mark(text)

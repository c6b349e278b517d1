"""Paragraphs and items: the unit that the stages after segmentation work on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.canonical import canonical
from models.document import Cell
from models.letter import Span, Zone

ITEM = re.compile(
    r"\s*(?:"
    r"(?P<article>điều\s+(?:\d{1,3}[a-zđ]?|[ivxl]{1,5}))\s*[.:)]"
    r"|(?P<roman>(?:[ivx]{1,5}))\s*[.)/\-]\s"
    r"|(?P<nested>\d{1,2}(?:\.\d{1,2}){1,3})[.)]?\s"
    r"|(?P<number>\d{1,2})\s*(?:[.)/]|-(?=\s))\s*(?![\d])"
    r"|(?P<comma>\d{1,2})\s?,(?=\s)"
    r"|(?P<ordinal>thứ (?:nhất|hai|ba|tư|năm|sáu|bảy|tám|chín|mười)|(?:một|hai|ba|bốn|năm|sáu|bảy|tám) là)\s*[,:]\s"
    r"|(?P<letter>[a-zđ]\d?)\s*[).]\s"
    r"|(?P<bullet>[-•*·+‐-―●▪◦➢✓])\s*(?=\S)"
    r")"
)
_LEVELS = {"roman": 1, "article": 1, "number": 2, "comma": 2, "ordinal": 2, "nested": 3, "letter": 4, "bullet": 5}


@dataclass(slots=True)
class Paragraph:
    """One paragraph: ``span`` in the letter's text, ``text`` with wrapped lines joined by a blank, item mark and depth."""

    span: Span
    text: str
    item: str | None = None
    """The mark before it as printed: "1.", "a)", "-", "Điều 2."."""
    level: int = 0
    """0 for a paragraph without a mark; 1 Điều or Roman, 2 number, 3 nested number, 4 letter, 5 dash, 6 plus."""
    zone: Zone = Zone.BODY
    page: int = 1
    bold: bool | None = None
    cell: Cell | None = None


def item_of(text: str) -> tuple[str | None, int, int]:
    """``(mark, level, offset after the mark)`` of a paragraph's text; ``(None, 0, 0)`` without a mark."""
    found = ITEM.match(canonical(text[:40]))
    if not found or not found.lastgroup:
        return None, 0, 0
    kind = found.lastgroup
    if kind == "comma" and not text[found.end() :].lstrip()[:1].isupper():
        return None, 0, 0  # "1, 2 và 3"
    mark = text[found.start() : found.end()].strip()
    if kind == "roman" and not mark[0].isupper():
        kind = "letter"  # "i)" is the letter after "h)"
    if kind == "letter" and mark[0].isupper():
        kind = "roman"  # "A." heads a part
    level = 6 if mark.startswith("+") else _LEVELS[kind]
    return mark, level, found.end()

"""One line as the segmenter sees it: its folded text and a few facts, computed once."""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.document import Document, Line
from models.text import fold, squeeze, vn_regex

_LIST_MARK = re.compile(r"^\s*(?:[-–—•*+●▪♦➢]|\(?\d{1,2}[.)/]|\(?[a-zđ][.)])\s*")
_ITEM = vn_regex(
    r"^\s*("
    r"(?:Phần|Chương|Mục|Tiểu mục|Điều|Khoản|PHẦN|CHƯƠNG|MỤC|ĐIỀU)\s+(?:thứ\s+)?(?:\d{1,3}[a-zđ]?|[IVXL]{1,6}|nhất|hai|ba|bốn|năm)\s*[.:)]?(?=\s|$)"
    r"|[A-HĐ][.)](?=\s+[§U])"
    r"|[IVX]{1,5}\s*[.)/-](?=\s|[§U])"
    r"|\(?\d{1,2}\s*[.)](?!\d)"
    r"|\d{1,2}\s?[/](?=\s|[§U])|\d{1,2}\s?,(?=\s+[§U])"
    r"|\d{1,2}(?:\.\d{1,2}){1,3}\s*[.)/]?(?=\s|[§U])"
    r"|\(?[a-zđ]\d?\s?\)|[a-zđ]\.(?=\s|[§U])|[a-zđ]/(?=\s|[§U])"
    r"|[-–—•*+●▪♦➢](?!\d)"
    r")\s*"
)


@dataclass(slots=True)
class LineView:
    """A line with what rules and models ask about it. ``index`` is its place in ``Document.lines``."""

    line: Line
    index: int
    text: str
    folded: str
    """Lower case, no tone or letter marks, blanks squeezed."""
    letters: int
    upper_ratio: float

    @property
    def capitals(self) -> bool:
        """Nearly all letters are capitals (IN HOA); OCR may have got one or two wrong."""
        return self.letters >= 2 and self.upper_ratio >= 0.8

    @property
    def bulleted(self) -> bool:
        """The line begins with a dash or another bullet."""
        return self.text[:1] in "-–—•*+●▪♦➢"

    @property
    def lower_start(self) -> bool:
        """The first letter is lower case, so the line continues another."""
        for char in self.text:
            if char.isalpha():
                return char.islower()
        return False


def view(document: Document) -> list[LineView]:
    """All lines of ``document`` in reading order, as the segmenter sees them."""
    views: list[LineView] = []
    for index, line in enumerate(document.lines):
        text = squeeze(line.text)
        letters = [c for c in text if c.isalpha()]
        upper = sum(c.isupper() for c in letters)
        views.append(
            LineView(
                line=line,
                index=index,
                text=text,
                folded=fold(text).lower(),
                letters=len(letters),
                upper_ratio=upper / len(letters) if letters else 0.0,
            )
        )
    return views


def list_mark(text: str) -> re.Match[str] | None:
    """The bullet or short number at the beginning of a list line."""
    return _LIST_MARK.match(text)


def item_mark(text: str) -> re.Match[str] | None:
    """The number or bullet of an item of the body: "1.", "a)", "II.", "Điều 3.", "-"."""
    return _ITEM.match(text)

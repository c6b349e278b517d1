"""Page furniture: what stands on a page or web page and is no part of the letter."""

from __future__ import annotations

import re

from models.document import Line

_PAGE_NUMBER = re.compile(r"^\s*(?:[-–—]\s*)?(?:trang\s+)?\d{1,3}(?:\s*/\s*\d{1,3})?(?:\s*[-–—])?\s*$", re.I)
_PATH = re.compile(r"^\s*(?:[A-Za-z]:\\|\\\\|file:/|/home/|/Users/)\S")


def mark_furniture(lines: list[Line]) -> list[Line]:
    """Set the role of page numbers and file paths."""
    for line in lines:
        if line.role in ("text", "header", "footer") and line.cell is None:
            if _PAGE_NUMBER.match(line.text):
                line.role = "page_number"
            elif _PATH.match(line.text):
                line.role = "footer"
    return lines

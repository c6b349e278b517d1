"""Dates in citations, in every form letters use; a missing year is the letter's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date as Date

_D = r"(?P<d>[0-3oli]?\s?[\doli\]])"
_M = r"(?P<m>[01oli]?\s?[\doli\]])"
_Y = r"(?P<y>(?:1\s?9|2\s?[0o])\s?[\doli\]]\s?[\doli\]])"
LEAD = (
    r"\s*['\"*`]{0,2}\s*[,(]?\s*(?:(?:duoc\s+)?(?:ban\s+hanh|ky\s+ket|ky\s+ban\s+hanh|ky|de|lap|thong\s+qua|da\s+ky"
    r"|phat\s+hanh)\s*[,:]?\s*)?"
    r"(?:hoi\s+\d{1,2}\s*(?:gio|h|g)\s*(?:\d{1,2}\s*(?:phut|')?)?\s*,?\s*)?"
    r"(?:duoc\s+quoc\s+hoi[^;.¶]{0,80}?thong\s+qua\s+)?"
)
_WORDS = rf"\s*{_D}\s*thang\s*{_M}(?:\s*(?:nam\s*|,\s*|[/.\-]\s*){_Y}(?!\d))?"
_DIGITS = (
    r"\s*:?\s*(?P<d2>[0-3oli]?\s?[\doli\]])\s?(?P<s>[/.\-])\s?(?P<m2>[01oli]?\s?[\doli\]])"
    r"(?:\s?(?P=s)\s?(?P<y2>(?:1\s?9|2\s?[0o])\s?[\doli\]]\s?[\doli\]]|\d{2})(?!\d))?(?!\d|\s?[/%]\d)"
)
DATE = re.compile(f"ngay(?:{_WORDS}|{_DIGITS})")
"""Matched on the folded view at "ngày"."""
DATE_AFTER = re.compile(LEAD + f"ngay(?:{_WORDS}|{_DIGITS})")
"""A date right after a number, with "ban hành", "ký", a comma or a parenthesis before it."""
NO_DATE_AFTER = re.compile(
    r"\s*[,(]?\s*ngay\s*(?:[^\s;¶]{0,6}\s*(?:thang\s*[^\s;¶]{0,6}\s*nam\s*[^\s;¶]{0,6}|/\s*[^\s;¶]{0,3}/\s*\d{4}))"
)
"""A date that cannot be read, or blanks for one ("ngày … tháng … năm 2024")."""
YEAR_AFTER = re.compile(r"\s*,?\s*(?:nam\s+)(?P<year>(?:19|20)\d\d)\b(?!\s*[-/]\s*\d)")
_DIGIT_LOOKS = str.maketrans({"]": "1", "o": "0", "O": "0", "l": "1", "I": "1", "i": "1"})


@dataclass(frozen=True)
class FoundDate:
    """A date as it stands: ISO form if complete, and whether the year was supplied from the letter."""

    iso: str | None
    start: int
    end: int
    supplied_year: bool = False


def _number(raw: str | None) -> int | None:
    if not raw:
        return None
    raw = raw.replace(" ", "").translate(_DIGIT_LOOKS)
    return int(raw) if raw.isdigit() else None


def read_date(m: re.Match[str], letter_date: str | None) -> FoundDate:
    """The date of a match of :data:`DATE` or :data:`DATE_AFTER`; None for a day that no calendar has."""
    g = m.groupdict()
    day, month = _number(g["d"] or g["d2"]), _number(g["m"] or g["m2"])
    year = _number(g["y"] or g["y2"])
    supplied = False
    if year is not None and year < 100:
        year += 2000 if year < 60 else 1900
    if year is None and letter_date and day and month:
        supplied = True
        year = int(letter_date[:4])
        if (month, day) > (int(letter_date[5:7]), int(letter_date[8:10])):
            year -= 1
    iso = None
    if day and month and year:
        try:
            iso = Date(year, month, day).isoformat()
        except ValueError:
            iso = None
    return FoundDate(iso, m.start(), m.end(), supplied)

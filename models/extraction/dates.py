"""Địa danh và thời gian ban hành: the place and date line (Decree 30/2020 Appendix I II.4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from models.letter import Span

_DIGITS = r"[\dOoIl|]{1,2}"
_WORDED = re.compile(
    rf"ng[àaáâ][yv¥ý]\s*[.…_]*\s*(?P<d>{_DIGITS})?[\s.…_,]*(?:th[áaàâ]ng|/)\s*[.…_]*\s*(?P<m>{_DIGITS})?[\s.…_,]*(?:n[ăaâà]m|/)\s*[.…_]*\s*(?P<y>\d[\d\sOo]{{2,5}})?", re.IGNORECASE
)
_NUMERIC = re.compile(r"(?:ngày\s*)?(?P<d>\d{1,2})\s*[/.-]\s*(?P<m>\d{1,2})\s*[/.-]\s*(?P<y>\d{4})", re.IGNORECASE)
_DIGIT_FIX = str.maketrans("OoIl|", "00111")


@dataclass(frozen=True, slots=True)
class PlaceDate:
    """A place and date line: ISO date or None where the day is blank or impossible; spans index the line's text."""

    place: str | None
    date: str | None
    place_span: Span | None
    date_span: Span | None
    partial: tuple[int | None, int | None, int | None] = (None, None, None)


def parse_place_date(text: str) -> PlaceDate | None:
    """Parse "Hà Nội, ngày 05 tháng 01 năm 2020" and its worn forms. None when the line has no date at all."""
    match = _WORDED.search(text) or _NUMERIC.search(text)
    if match is None:
        return None
    day, month, year = (_number(match[k]) for k in ("d", "m", "y"))
    before = text[: match.start()]
    place_match = re.search(r"[^\W\d_].*[^\W\d_.]", before)
    place = place_match[0].strip(" ,.") if place_match else None
    place_span = (place_match.start(), place_match.start() + len(place)) if place_match and place else None
    if place:
        place = re.sub(r"\s+", " ", place)
        place = re.sub(r"^(?:Số|V/v).*\s{2,}", "", place)
    return PlaceDate(place, iso_date(day, month, year), place_span, match.span(), (day, month, year))


def _number(text: str | None) -> int | None:
    if not text:
        return None
    digits = re.sub(r"\D", "", text.translate(_DIGIT_FIX))
    return int(digits) if digits else None


def iso_date(day: int | None, month: int | None, year: int | None) -> str | None:
    """The ISO date, or None when a part is missing or the date does not exist (1945 to 2100)."""
    if day is None or month is None or year is None or not 1945 <= year <= 2100:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None

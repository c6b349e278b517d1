"""Địa danh và thời gian ban hành: the place and date line (Decree 30/2020 Appendix I II.4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from models.document import Document
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
        return _worn(text)
    day, month, year = (_number(match[k]) for k in ("d", "m", "y"))
    before = text[: match.start()]
    place_match = re.search(r"[^\W\d_].*[^\W\d_.]", before)
    place = re.sub(r",\s*(hồi|lúc)\b.*$", "", place_match[0], flags=re.IGNORECASE).strip(" ,.") if place_match else None
    place_span = (place_match.start(), place_match.start() + len(place)) if place_match and place else None
    if place:
        place = re.sub(r"\s+", " ", place)
        place = re.sub(r"^(?:Số|V/v).*\s{2,}", "", place)
    return PlaceDate(place, iso_date(day, month, year), place_span, match.span(), (day, month, year))


def _worn(text: str) -> PlaceDate | None:
    """The line with day and month that OCR could not read: the place still stands before the comma, the year at the end."""
    before, comma, after = text.partition(",")
    if not comma or not re.search(r"[^\W\d_]{2}", before) or len(before) > 40:
        return None
    start = len(before) - len(before.lstrip())
    year = re.search(r"(19|20)\d{2}\W*$", after)
    place = before.strip()
    return PlaceDate(place, None, (start, start + len(place)), (len(before) + 1, len(text)), (None, None, _number(year[0]) if year else None))


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


_SIGNED = re.compile(
    r"(?:(?:ngày|thời\s+gian)\s+ký|^date)\s*:?\s*(?:\d{1,2}:\d{2}(?::\d{2})?\s*,?\s*)?"
    r"(?:(?P<y>\d{4})[-.]\s*(?P<m>\d{2})[-.]\s*(?P<d>\d{2})|(?P<d2>\d{1,2})\s*[/.]\s*(?P<m2>\d{1,2})\s*[/.]\s*(?P<y2>\d{4}))", re.IGNORECASE
)


def overlay_days(document: Document) -> list[str]:
    """ISO days that the signature overlays of the pages show."""
    days: list[str] = []
    for line in document.overlays:
        for match in _SIGNED.finditer(" ".join(line.text.split())):
            iso = iso_date(_number(match["d"] or match["d2"]), _number(match["m"] or match["m2"]), _number(match["y"] or match["y2"]))
            if iso:
                days.append(iso)
    return days


def signing_date(document: Document, partial: tuple[int | None, int | None, int | None]) -> str | None:
    """The day of the earliest digital signature on the page, where what can be read of the printed date does not speak against it.

    The signature follows the letter, mostly on the same day: evidence for a day written by hand or left blank, not more.
    """
    days = [*overlay_days(document), *(one.time[:10] for one in document.signatures if one.time)]
    if not days:
        return None
    signed = min(days)
    year, month, day = (int(part) for part in signed.split("-"))
    read_day, read_month, read_year = partial
    if read_year is not None and 1945 <= read_year <= 2100 and read_year != year:
        return None
    if read_month is not None and 1 <= read_month <= 12 and read_month != month:
        return None
    if read_day is not None and 1 <= read_day <= 31 and read_day > day:
        return None
    return signed

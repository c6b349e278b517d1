"""Dates and deadlines in words and in values: what a value may look like, and what dates stand in a stretch of text."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

RECURRENCES = ("daily", "weekly", "monthly", "quarterly", "half_yearly", "yearly", "continuous")
UNITS = ("hour", "day", "working_day", "week", "month", "quarter", "year")

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}))?$")
_RECURRING = re.compile(rf"({'|'.join(RECURRENCES)})(?::(.+))?$")
_RELATIVE = re.compile(rf"(\d+)\s+({'|'.join(UNITS)})s?(?:\s+(.+))?$")
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "1": 1, "2": 2, "3": 3, "4": 4}

_FULL = re.compile(r"(?<!\d)(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4})(?!\d)")
_WORDS = re.compile(r"(?i)(\d{1,2})\s+tháng\s+(\d{1,2})\s*(?:,?\s*năm\s+(\d{4})|/(\d{4}))?")
_DAY_MONTH = re.compile(r"(?<![\d/.\-])(\d{1,2})\s*/\s*(\d{1,2})(?![\d/]|\s*/)")
_DAY_DASH_MONTH = re.compile(r"(?i)(?:ngày|trước|hết|vào|chậm nhất|\()\s*(\d{1,2})\s?-\s?(\d{1,2})(?![\d/\-])")
_BARE_DASH = re.compile(r"\s*(\d{1,2})\s?-\s?(\d{1,2})\s*$")
_MONTH = re.compile(r"(?i)tháng\s+(\d{1,2})\s*(?:[/\-–]\s*(\d{4})|\s*năm\s+(\d{4}))?(?!\d)")
_QUARTER = re.compile(r"(?i)quý\s+(IV|I{1,3}|[1-4])(?:\s*(?:/|năm)\s*(\d{4}))?(?!\w)")
_YEAR = re.compile(r"(?i)năm\s+(?:học\s+)?(\d{4})")


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline's value, taken apart. All absent for ``none``."""

    date: str | None = None
    time: str | None = None
    recurrence: str | None = None
    on: str | None = None
    """The due day of a recurrence: "20", "12-15"."""
    amount: int | None = None
    unit: str | None = None
    from_: str | None = None


def parse_due(value: str) -> Due | None:
    """Take a deadline's value apart (MARKUP: ``due``); None when it has no known form or is no real date."""
    value = value.strip()
    if value == "none":
        return Due()
    if iso := _ISO.match(value):
        day = parse_iso(value[:10])
        if day is None:
            return None
        if iso[4] is None:
            return Due(date=value)
        if int(iso[4]) > 23 or int(iso[5]) > 59:
            return None
        return Due(date=value[:10], time=f"{iso[4]}:{iso[5]}")
    if recurring := _RECURRING.match(value):
        return Due(recurrence=recurring[1], on=(recurring[2] or "").strip() or None)
    if relative := _RELATIVE.match(value):
        return Due(amount=int(relative[1]), unit=relative[2], from_=(relative[3] or "").strip() or None)
    return None


def parse_iso(value: str) -> date | None:
    """The calendar day of ``YYYY-MM-DD``, or None when it is not one."""
    try:
        return date.fromisoformat(value) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) else None
    except ValueError:
        return None


def real_date(year: int, month: int, day: int) -> date | None:
    """The calendar day, or None when there is none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def days_in(text: str, year: int | None = None) -> list[date]:
    """Calendar days that are written out with day and month in ``text``; ``year`` supplies a missing year."""
    found: list[tuple[int, date]] = []
    taken: list[tuple[int, int]] = []

    def add(start: int, end: int, day: date | None) -> None:
        if day is not None and all(end <= a or start >= b for a, b in taken):
            found.append((start, day))
            taken.append((start, end))

    for m in _FULL.finditer(text):
        add(m.start(), m.end(), real_date(int(m[3]), int(m[2]), int(m[1])))
    for m in _WORDS.finditer(text):
        stated = m[3] or m[4]
        if stated or year:
            add(m.start(), m.end(), real_date(int(stated or year or 0), int(m[2]), int(m[1])))
    if year:
        for m in _DAY_MONTH.finditer(text):
            add(m.start(), m.end(), real_date(year, int(m[2]), int(m[1])))
        for m in [*_DAY_DASH_MONTH.finditer(text), *_BARE_DASH.finditer(text[:16])]:
            add(m.start(), m.end(), real_date(year, int(m[2]), int(m[1])))
    return [day for _, day in sorted(found)]


def ends_in(text: str, year: int) -> list[date]:
    """Last days of the periods (month, quarter, year) named in ``text``; ``year`` supplies a missing year."""
    result: list[date] = []
    named_years = [int(m[1]) for m in _YEAR.finditer(text)] or [year]
    for m in _QUARTER.finditer(text):
        for one in [int(m[2])] if m[2] else named_years:
            result.append(month_end(one, _ROMAN[m[1].upper()] * 3))
    for m in _MONTH.finditer(text):
        for one in [int(m[2] or m[3])] if m[2] or m[3] else named_years:
            if 1 <= int(m[1]) <= 12:
                result.append(month_end(one, int(m[1])))
    if not result:
        result = [date(one, 12, 31) for one in named_years]
    return result


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])

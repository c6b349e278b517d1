"""Points in time as letters write them: a day, a month, a quarter, half a year, a year, with or without the hour.

Every function works on the canonical text of :mod:`models.canonical`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from models.letter import Span

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4, "một": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4}
_MONTH_WORD = {
    "giêng": 1, "một": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9,
    "mười": 10, "mười một": 11, "mười hai": 12, "chạp": 12,
}  # fmt: skip

WEEKDAY = r"(?:sáng |chiều |tối )?(?:(?:thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật)\s?,? ?(?:\([^()]{1,20}\) ?)?)"
HOUR = (
    r"(?:(?P<hour>\d{1,2}) ?(?:giờ|h|g|:)(?: ?(?P<minute>[0-5]\d)(?: ?phút|'|p)?)?(?![\w/])(?: ?(?P<half>sáng|chiều|tối))?"
    r"(?: ?(?:,|của|vào))? ?)"
)
DAY = (
    r"(?:(?:ngày ?){0,2}(?P<d1>\d{1,2}) ?[/.\-] ?(?P<m1>\d{1,2})(?: ?[/.\-] ?(?P<y1>\d{4}|\d{2})(?![\d/]))?(?!\d| ?%)"
    r"|ngày (?P<d2>\d{1,2}) ?,? tháng (?P<m2>\d{1,2})(?!\d)(?: ?,? ?năm (?P<y2>\d{4}|nay|sau))?)"
    r"(?: ?năm (?P<y3>\d{4}|nay|sau))?"
)
_DAY_ANY = re.compile(rf"(?:{HOUR})?(?:{WEEKDAY})?{DAY}")

PERIOD = (
    r"(?:(?P<part>đầu|giữa|cuối|hết|nửa đầu|nửa cuối) )?"
    r"(?:tháng (?P<pm>\d{1,2}|giêng|chạp|mười hai|mười một|mười)(?: ?[/\-] ?(?P<pmy>\d{4})| ?,? ?năm (?P<pmy2>\d{4}|nay|sau))?(?![\d/])"
    r"|quý (?P<pq>iv|iii|ii|i|[1-4])(?![\w.])(?: ?[/\-] ?(?P<pqy>\d{4})| ?,? ?năm (?P<pqy2>\d{4}|nay|sau))?"
    r"|(?:0?6|sáu) tháng (?P<ph>đầu|cuối)(?: năm(?: (?P<phy>\d{4}|nay|sau))?)?"
    r"|năm (?P<py>\d{4}|nay)(?! ?[-/] ?\d)(?!\d))"
)


_SLIP_DAYS = 45


@dataclass(frozen=True, slots=True)
class Moment:
    """A day with, where written, an hour; ``year_given`` False when the year came from the letter's own date."""

    span: Span
    day: date | None
    time: str | None
    year_given: bool
    period: str | None = None
    """month, quarter, half, year: the day is then the last of that period."""


def _year(raw: str | None, reference: date | None) -> int | None:
    if raw is None:
        return None
    if raw in ("nay", "sau"):
        return None if reference is None else reference.year + (raw == "sau")
    return int(raw) + (2000 if len(raw) == 2 else 0)


def build(year: int | None, month: int, day: int, reference: date | None) -> date | None:
    """The date, or None when there is none such; a missing year is the letter's, the next one when that day is past.

    A day at most 45 days back is taken as it stands, so that a slip of the writer shows (and is reported) instead of
    moving eleven months on.
    """
    try:
        if year is not None:
            return date(year, month, day)
        if reference is None:
            return None
        built = date(reference.year, month, day)
        return date(reference.year + 1, month, day) if (reference - built).days > _SLIP_DAYS else built
    except ValueError:
        return None


def clock(hour: str | None, minute: str | None, half: str | None) -> str | None:
    """"HH:MM", or None for what is no hour of the day."""
    if hour is None:
        return None
    value = int(hour)
    if half in ("chiều", "tối") and value < 12:
        value += 12
    return f"{value:02d}:{int(minute or 0):02d}" if value <= 24 and int(minute or 0) < 60 else None


def day_from(match: re.Match[str], reference: date | None) -> Moment:
    """The moment of a match of HOUR and DAY groups."""
    groups = match.groupdict()
    day, month = groups["d1"] or groups["d2"], groups["m1"] or groups["m2"]
    raw_year = groups["y1"] or groups["y2"] or groups["y3"]
    built = build(_year(raw_year, reference), int(month), int(day), reference)
    return Moment(
        match.span(),
        built,
        clock(groups.get("hour"), groups.get("minute"), groups.get("half")),
        raw_year is not None and raw_year not in ("nay", "sau"),
    )


def period_from(match: re.Match[str], reference: date | None) -> Moment:
    """The last day of a written month, quarter, half-year or year (of its first ten or twenty days for đầu, giữa)."""
    groups = match.groupdict()
    part = groups.get("part")
    year_raw = groups["pmy"] or groups["pmy2"] or groups["pqy"] or groups["pqy2"] or groups["phy"] or groups["py"]
    year = _year(year_raw, reference)
    given = year_raw is not None and year_raw not in ("nay", "sau")
    if year is None and reference is not None:
        year = reference.year
    if year is None or not 1900 <= year <= 2200:
        return Moment(match.span(), None, None, given, "year")
    if groups["pm"]:
        month = int(groups["pm"]) if groups["pm"].isdigit() else _MONTH_WORD[groups["pm"]]
        if not 1 <= month <= 12:
            return Moment(match.span(), None, None, given, "month")
        if not given and reference is not None and reference.month - month > 6:
            year += 1
        last = {"đầu": 10, "nửa đầu": 15, "giữa": 20}.get(part or "", monthrange(year, month)[1])
        return Moment(match.span(), date(year, month, last), None, given, "month")
    if groups["pq"]:
        quarter = _ROMAN[groups["pq"]]
        month = quarter * 3 - 2 if part == "đầu" else quarter * 3 - 1 if part == "giữa" else quarter * 3
        return Moment(match.span(), date(year, month, monthrange(year, month)[1]), None, given, "quarter")
    if groups["ph"]:
        first = groups["ph"] == "đầu"
        return Moment(match.span(), date(year, 6, 30) if first else date(year, 12, 31), None, given, "half")
    month = {"đầu": 3, "nửa đầu": 6, "giữa": 6}.get(part or "", 12)
    return Moment(match.span(), date(year, month, monthrange(year, month)[1]), None, given, "year")


def letter_day(value: str | None) -> date | None:
    """The day of an ISO date, None for none or for what is no date."""
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None

"""Working days (ngày làm việc) of Vietnamese state bodies: Monday to Friday but for public holidays and swapped days.

The days come from ``models/lexicons/holidays.tsv``, which a clerk may correct each year.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from models.lexicons import table

_FIXED = {(1, 1), (4, 30), (5, 1), (9, 2)}


@cache
def _calendar() -> tuple[frozenset[date], frozenset[date], frozenset[int]]:
    off: set[date] = set()
    worked: set[date] = set()
    for row in table("holidays"):
        day, last = date.fromisoformat(row["from"]), date.fromisoformat(row["until"])
        while day <= last:
            (off if row["kind"] == "off" else worked).add(day)
            day += timedelta(days=1)
    return frozenset(off), frozenset(worked), frozenset(day.year for day in off)


def covered(year: int) -> bool:
    """True when the table of holidays has the movable days (Tết, Giỗ Tổ) of ``year``."""
    return year in _calendar()[2]


def is_working_day(day: date) -> bool:
    """True on days when state bodies work: weekdays that are no holiday, and weekend days worked in exchange."""
    off, worked, years = _calendar()
    if day in worked:
        return True
    if day.weekday() >= 5 or day in off:
        return False
    return day.year in years or (day.month, day.day) not in _FIXED


def add_working_days(start: date, amount: int) -> date:
    """The day ``amount`` working days after ``start`` (before it, when negative); ``start`` itself is not counted.

    Civil Code 91/2015/QH13 Article 147: the first day of a period is the day after the event.
    Raises ValueError when the calendar of Python ends first.
    """
    step = 1 if amount >= 0 else -1
    day, left = start, abs(amount)
    if left > 10_000:
        raise ValueError(f"{amount} working days are no deadline of a letter")
    while left:
        try:
            day += timedelta(days=step)
        except OverflowError as error:
            raise ValueError("the limit lies outside the calendar") from error
        if is_working_day(day):
            left -= 1
    return day

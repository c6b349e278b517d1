"""The table of public holidays against two calendars written by others: lunar days of Vietnam's own time, days off by law."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import lunar_vn
import pytest

from models.lexicons import table
from models.tasks.workdays import add_working_days, covered, is_working_day

YEARS = range(2007, 2031)
UNKNOWN_TO_THE_PACKAGE = {date(2026, 1, 2)}
"""Days off that our table has and the package lacks, each marked in the table."""


def off_days() -> dict[date, str]:
    days: dict[date, str] = {}
    for row in table("holidays"):
        day = date.fromisoformat(row["from"])
        while row["kind"] == "off" and day <= date.fromisoformat(row["until"]):
            days[day] = row["status"]
            day += timedelta(days=1)
    return days


@pytest.mark.parametrize("year", YEARS)
def test_lunar_days(year: int) -> None:
    tet = lunar_vn.convert_lunar_to_solar(1, 1, year)
    ancestors = lunar_vn.convert_lunar_to_solar(10, 3, year)
    off = off_days()
    assert {tet - timedelta(days=1), tet, tet + timedelta(days=1), tet + timedelta(days=2)} <= off.keys() | off_weekends(year)
    assert ancestors in off or ancestors.weekday() >= 5
    assert covered(year)


def off_weekends(year: int) -> set[date]:
    first = date(year, 1, 1)
    return {day for n in range(366) if (day := first + timedelta(days=n)).weekday() >= 5}


def test_tet_by_vietnams_own_time() -> None:
    # a day before China's in 2007 (17 against 18 February) and a month before in 1985
    assert lunar_vn.convert_lunar_to_solar(1, 1, 2007) == date(2007, 2, 17)
    assert lunar_vn.convert_lunar_to_solar(1, 1, 1985) == date(1985, 1, 21)
    assert not is_working_day(date(2007, 2, 16))


@pytest.mark.parametrize("year", YEARS)
def test_days_off_by_law(year: int) -> None:
    """Every weekday that the package calls off is off, and the other way round, where the year's plan is known."""
    by_package = {d for d in holidays.country_holidays("VN", years=year, observed=True) if d.weekday() < 5}
    ours = {d for d, status in off_days().items() if d.year == year and d.weekday() < 5}
    if year >= 2027:
        known = {d for d in by_package if (d.month, d.day) in {(1, 1), (4, 30), (5, 1), (9, 2), (11, 24)}}
        assert known <= ours
    else:
        assert ours - UNKNOWN_TO_THE_PACKAGE == by_package


def test_days_worked_in_exchange_are_weekend_days_of_the_table() -> None:
    worked = [date.fromisoformat(row["from"]) for row in table("holidays") if row["kind"] == "work"]
    assert worked
    assert all(day.weekday() >= 5 and is_working_day(day) for day in worked)


def test_quoc_khanh_is_two_days_since_2021() -> None:
    assert is_working_day(date(2020, 9, 1))
    assert not is_working_day(date(2021, 9, 3))
    assert not is_working_day(date(2022, 9, 1))


WORKING = [
    # (from, working days, due)
    (date(2007, 2, 15), 1, date(2007, 2, 22)),  # over Tết Đinh Hợi
    (date(2024, 2, 7), 1, date(2024, 2, 15)),
    (date(2024, 4, 26), 3, date(2024, 5, 4)),  # the Saturday worked in exchange counts
    (date(2026, 11, 23), 1, date(2026, 11, 25)),
    (date(2025, 9, 3), -1, date(2025, 8, 29)),
]


@pytest.mark.parametrize(("start", "amount", "due"), WORKING)
def test_working_days_over_holidays(start: date, amount: int, due: date) -> None:
    assert add_working_days(start, amount) == due

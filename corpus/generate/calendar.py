"""Dates of one letter moved together, by whole weeks, so that weekdays and the order of events stay right."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from corpus.data import bound, data_table
from corpus.dates import days_in, parse_due, parse_iso, real_date
from corpus.generate.draft import Draft, innermost_reference
from corpus.generate.numbers import is_national
from corpus.model import AnnotatedLetter, ReferenceEntry
from models.letter import Zone

NEAR = 400
"""Days around the letter's own date within which a date belongs to its course of events."""
HOLIDAYS = frozenset((int(row["day"]), int(row["month"])) for row in data_table("fixed_days"))
"""(day, month) of days that are kept each year; they never move."""

_FULL = re.compile(r"(?<!\d)(\d{1,2})(\s*[/.\-]\s*)(\d{1,2})(\s*[/.\-]\s*)(\d{4})(?!\d)")
_WORDS = re.compile(r"(?i)(?<!\d)(\d{1,2})(\s+tháng\s+)(\d{1,2})(\s*(?:,?\s*năm\s+|/))(\d{4})")
_WORDS_BARE = re.compile(r"(?i)(?<!\d)(\d{1,2})(\s+tháng\s+)(\d{1,2})(?!\s*(?:,?\s*năm|/)\s*\d)(?!\d)")
_SHORT = re.compile(
    r"(?i)((?:ngày|trước|hết|hạn|vào|sáng|chiều|tối|thứ \w+)\s*,?\s*)(\d{1,2})(\s*/\s*)(\d{1,2})(?![\d/]|\s*/)"
)
_PARTIAL = re.compile(
    r"(?i)\bngày\s+\d{1,2}\s*(?:,|;|và|đến|tới|[-–])\s*(?:hết\s+)?(?:ngày\s+)?\d{1,2}|"
    r"(?m:^(?:từ |trước )?\d{1,2}[/.]\d{1,2}$)|"
    r"âm lịch|\bTết\b|tức ngày|nhằm ngày|\d{1,2}\s*-\s*\d{1,2}/\d"
)
"""Ranges and lists that share a month, cells with a day and no year, lunar dates, Tết: such a letter keeps its dates."""
_BARE_PERIOD = re.compile(r"(?i)(?<!\d )tháng\s+\d|quý\s+(?:I|\d)|tuần|thứ\s+(?:hai|ba|tư|năm|sáu|bảy)")


@dataclass(frozen=True, slots=True)
class Shift:
    """Moves dates by ``days``, but not holidays, far dates, and dates of documents that stay as they are."""

    days: int
    own: date
    kept: frozenset[date]

    def day(self, d: date) -> date:
        """Where a day goes. First days of months (entry into force, terms) stay."""
        if d in self.kept or d.day == 1 or (d.day, d.month) in HOLIDAYS or abs((d - self.own).days) > NEAR:
            return d
        return d + timedelta(days=self.days)

    def iso(self, value: str) -> str:
        """Where an ISO date, or a deadline that begins with one, goes; other values stay."""
        d = parse_iso(value[:10])
        return value if d is None else self.day(d).isoformat() + value[10:]

    def text(self, text: str) -> str:
        """Text with its dates moved, each in the form in which it was written."""

        def put(old: str, new: int) -> str:
            return f"{new:02d}" if (len(old) == 2 and old[0] == "0") or (len(old) == 2 and new < 10) else str(new)

        def full(m: re.Match[str]) -> str:
            d = real_date(int(m[5]), int(m[3]), int(m[1]))
            if d is None or self.day(d) == d:
                return m[0]
            n = self.day(d)
            month = put(m[3], n.month) if not (len(m[3]) == 2 and m[3][0] == "1" and n.month > 2) else str(n.month)
            return f"{put(m[1], n.day)}{m[2]}{month}{m[4]}{n.year}"

        def bare(m: re.Match[str], d1: str, sep: str, d2: str, lead: str = "") -> str:
            d = real_date(self.own.year, int(d2), int(d1))
            if d is None or self.day(d) == d:
                return m[0]
            n = self.day(d)
            month = put(d2, n.month) if not (len(d2) == 2 and d2[0] == "1" and n.month > 2) else str(n.month)
            return f"{lead}{put(d1, n.day)}{sep}{month}"

        text = _WORDS.sub(full, _FULL.sub(full, text))
        text = _WORDS_BARE.sub(lambda m: bare(m, m[1], m[2], m[3]), text)
        return _SHORT.sub(lambda m: bare(m, m[2], m[3], m[4], m[1]), text)


def plan(letter: AnnotatedLetter, rng: Random) -> Shift | None:
    """A shift under which the letter stays true, or None."""
    mark = letter.first("date")
    own = parse_iso(mark.value or "") if mark else None
    if own is None or _PARTIAL.search(letter.text) or bound("dates").search(letter.text):
        return None
    kept: set[date] = set()
    ours: list[date] = []
    for entry in letter.references.values():
        d = parse_iso(entry.date or "")
        if d is not None:
            (kept.add if is_national(entry) else ours.append)(d)
    dues = [d for m in letter.named("due") if (v := parse_due(m.value or "")) and v.date and (d := parse_iso(v.date))]
    written = [d for m in _FULL.finditer(letter.text) if (d := real_date(int(m[5]), int(m[3]), int(m[1])))]
    written += [d for m in _WORDS.finditer(letter.text) if (d := real_date(int(m[5]), int(m[3]), int(m[1])))]
    written += [d for m in _WORDS_BARE.finditer(letter.text) if (d := real_date(own.year, int(m[3]), int(m[1])))]
    written += [d for m in _SHORT.finditer(letter.text) if (d := real_date(own.year, int(m[4]), int(m[2])))]
    same_month = bool(_BARE_PERIOD.search(_WORDS.sub("", _WORDS_BARE.sub("", letter.text))))
    days = [-28, -21, -14, -7, 7, 14, 21, 28]
    rng.shuffle(days)
    for delta in days:
        shift = Shift(delta, own, frozenset(kept))
        new = own + timedelta(days=delta)
        if (own.day, own.month) in HOLIDAYS or new.year != own.year or (same_month and new.month != own.month):
            continue
        if any(d > new for d in kept if d <= own) or any(shift.day(d) > new for d in ours if d <= own):
            continue
        if any(shift.day(d) < new for d in dues if d >= own) or any(
            shift.day(d).year != d.year for d in [*written, *dues]
        ):
            continue
        if any((shift.day(d) > new) != (d > own) for d in written):
            continue  # an event that the letter tells of must not change from past to coming
        return shift
    return None


def shift_dates(draft: Draft, shift: Shift) -> None:
    """Move all dates of the draft: words, values of marks, header."""
    national = {key for key, entry in draft.header.references.items() if is_national(entry)}

    def text(words: str, stack: tuple[str, ...], zone: Zone) -> str:
        return words if innermost_reference(stack) in national else shift.text(words)

    def value(name: str, old: str, words: str) -> str:
        # A deadline such as "trong quý II" has no day in its words, and keeps its period.
        moves = name == "date" or (name == "due" and bool(days_in(words, shift.own.year)))
        return shift.iso(old) if moves else old

    def entry(one: ReferenceEntry) -> ReferenceEntry:
        if one.key in national:
            return one
        return replace(
            one,
            date=shift.iso(one.date) if one.date and len(one.date) == 10 else one.date,
            title=shift.text(one.title) if one.title else None,
        )

    draft.edit_text(text, value)
    draft.edit_references(entry)
    draft.done.append("dates")
